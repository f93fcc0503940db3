//! Real XEPs.

use crate::extract::{blocks, shared};
use std::path::{Path, PathBuf};
use std::process::Command;
use xep::schema::{SchemaSet, SchemaSource, State, ViolationKind};
use xep::source::{Sources, Span};
use xep::xml::write::{Style, write};
use xep::xml::{CLIENT, Element, parse};

fn line(sources: &Sources, span: Span) -> usize {
    sources.get(span.file).position(span.start).line
}

#[test]
fn the_wildcard_of_xep_0420_admits_one_element_only() {
    let Some(shared) = shared() else { return };
    let mut sources = Sources::default();
    let file = sources.add("xep-0420.xml", std::fs::read_to_string(shared.join("corpus/xep-0420.xml")).unwrap());
    let schemas: Vec<SchemaSource> = blocks(&sources, file, "code").iter().flat_map(SchemaSource::read).collect();
    let set = SchemaSet::build(&schemas);
    assert_eq!(set.findings(), []);
    let validator = set.validator();
    let mut told = Vec::new();
    for example in blocks(&sources, file, "example") {
        for element in parse(&example, CLIENT).elements() {
            for violation in validator.validate(element) {
                let blame = violation.blames_schema.as_ref().map(|blame| line(&sources, blame.span));
                told.push((violation.kind, line(&sources, violation.span), blame, violation.message));
            }
        }
    }
    let message = "`x` is one element too many in `content`".to_owned();
    assert_eq!(told, [(ViolationKind::WildcardExhausted, 266, Some(469), message)]);
}

/// Judges the schemas of all XEPs, each XEP for itself; with `XEP_REPORT` it prints every finding.
#[test]
fn schemas_of_the_corpus() {
    let Some(shared) = shared() else { return };
    let mut sources = Sources::default();
    let mut counts = [0; 5];
    let mut validated = std::collections::BTreeMap::new();
    for path in xeps(&shared) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let file = sources.add(name.clone(), std::fs::read_to_string(&path).unwrap());
        let codes = blocks(&sources, file, "code");
        let schemas: Vec<SchemaSource> = codes.iter().flat_map(SchemaSource::read).collect();
        if schemas.is_empty() {
            continue;
        }
        let set = SchemaSet::build(&schemas);
        for (at, schema) in schemas.iter().enumerate() {
            let state = set.state(at).unwrap();
            let malformed = !schema.problems().is_empty();
            let key = match (malformed, state) {
                (true, State::Unusable) => 4,
                (true, _) => 3,
                (_, State::Clean) => 0,
                (_, State::Mended) => 1,
                (_, State::Unusable) => 2,
            };
            counts[key] += 1;
            if std::env::var_os("XEP_REPORT").is_some() {
                eprintln!("S\t{name}\t{at}\t{state:?}\t{malformed}\t{}", line(&sources, schema.root().span));
                for finding in set.findings_of(at) {
                    eprintln!("F\t{name}:{}\t{}\t{:?}", line(&sources, finding.span), finding.message, finding.notes);
                }
            }
            assert!(malformed || (state == State::Clean) == set.findings_of(at).is_empty(), "{name} {at}");
        }
        let validator = set.validator();
        for example in blocks(&sources, file, "example") {
            for element in parse(&example, CLIENT).elements() {
                for violation in validator.validate(element) {
                    *validated.entry(violation.kind).or_insert(0) += 1;
                    if std::env::var_os("XEP_REPORT").is_some() {
                        let at = sources.get(violation.span.file).position(violation.span.start);
                        eprintln!(
                            "V\t{name}:{}:{}\t{:?}\t{}\t{}\tforeign={} elision={} blame={:?}",
                            at.line,
                            at.column,
                            violation.kind,
                            violation.message,
                            violation.code,
                            violation.foreign,
                            violation.beside_elision,
                            violation.blames_schema.as_ref().map(|blame| &blame.message)
                        );
                    }
                }
            }
        }
    }
    eprintln!("clean, mended, unusable, malformed and used, malformed and not: {counts:?}; violations {validated:?}");
    assert!(counts.iter().sum::<i32>() > 150, "{counts:?}");
}

/// A second opinion: `xmllint` compiles what we call clean, and refuses what we call faulty.
#[test]
fn verdicts_agree_with_xmllint() {
    let Some(shared) = shared() else { return };
    let folder = std::env::temp_dir().join(format!("xep-schemas-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let instance = folder.join("instance.xml");
    std::fs::write(&instance, "<none/>").unwrap();
    let compiles = |text: &str| {
        let path = folder.join("schema.xsd");
        std::fs::write(&path, text).unwrap();
        let out = Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).arg(&path).arg(&instance).output();
        out.map(|out| !String::from_utf8_lossy(&out.stderr).contains("failed to compile"))
    };
    if compiles("").is_err() {
        return eprintln!("skipped: no xmllint");
    }
    let mut sources = Sources::default();
    let (mut both_clean, mut both_faulty, mut unresolved) = (0, 0, 0);
    for path in xeps(&shared) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let file = sources.add(name.clone(), std::fs::read_to_string(&path).unwrap());
        let texts = blocks(&sources, file, "code");
        let texts: Vec<_> =
            texts.iter().flat_map(|text| SchemaSource::read(text).into_iter().map(move |it| (it, text))).collect();
        let schemas: Vec<SchemaSource> = texts.iter().map(|(schema, _)| schema.clone()).collect();
        let set = SchemaSet::build(&schemas);
        for (at, (schema, text)) in texts.iter().enumerate().filter(|(_, (schema, _))| schema.problems().is_empty()) {
            let clean = set.state(at) == Some(State::Clean);
            let theirs = compiles(text.as_str().trim()).unwrap();
            let includes = |it: &SchemaSource| it.root().elements().any(|it| it.name.local == "include");
            let whole = |it: &&SchemaSource| it.target_namespace() == schema.target_namespace();
            let imports = schema.root().elements().any(|it| it.name.local == "import");
            let refers = imports || schemas.iter().filter(whole).any(includes);
            match (clean, theirs) {
                (true, true) => both_clean += 1,
                (false, false) => both_faulty += 1,
                // It cannot read what the schema imports.
                (true, false) if refers => unresolved += 1,
                _ => panic!("{name} {at}: clean {clean}, xmllint {theirs}: {:?}", set.findings_of(at)),
            }
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
    eprintln!(
        "both clean {both_clean}, both faulty {both_faulty}, clean but for imports that xmllint cannot read {unresolved}"
    );
}

fn xeps(shared: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(shared.join("corpus")).unwrap();
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "xml"));
    paths.sort();
    paths
}

/// The same for elements: what the examples hold, each against the schema of its own XEP.
#[test]
fn payloads_agree_with_xmllint() {
    let Some(shared) = shared() else { return };
    if Command::new("xmllint").arg("--version").output().is_err() {
        return eprintln!("skipped: no xmllint");
    }
    let folder = std::env::temp_dir().join(format!("xep-payloads-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut sources = Sources::default();
    let (mut valid, mut invalid) = (0, 0);
    let mut differences = Vec::new();
    for path in xeps(&shared) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let file = sources.add(name.clone(), std::fs::read_to_string(&path).unwrap());
        let examples: Vec<Element> = blocks(&sources, file, "example")
            .iter()
            .map(|text| parse(text, CLIENT))
            .filter(|parsed| parsed.problems.is_empty())
            .flat_map(|parsed| parsed.elements().cloned().collect::<Vec<_>>())
            .collect();
        for text in blocks(&sources, file, "code") {
            let Some(schema) = SchemaSource::read(&text).into_iter().next() else { continue };
            let namespace = schema.target_namespace().to_owned();
            let set = SchemaSet::build(&[schema]);
            if set.state(0) != Some(State::Clean) || namespace.is_empty() {
                continue;
            }
            let payloads: Vec<&Element> = examples.iter().flat_map(|example| topmost(example, &namespace)).collect();
            std::fs::write(folder.join("schema.xsd"), text.as_str().trim()).unwrap();
            let Some(theirs) = validate_with_xmllint(&folder, &payloads) else { continue };
            let validator = set.validator();
            for (payload, theirs) in payloads.iter().zip(theirs) {
                let ours = validator.validate(payload);
                match (ours.is_empty(), theirs) {
                    (true, true) => valid += 1,
                    (false, false) => invalid += 1,
                    _ => differences.push(format!("{name}:{} {ours:?}", line(&sources, payload.span))),
                }
            }
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
    eprintln!("payloads: both valid {valid}, both invalid {invalid}, different {}", differences.len());
    assert_eq!(differences, Vec::<String>::new());
}

/// The topmost elements of a namespace.
fn topmost<'e>(element: &'e Element, namespace: &str) -> Vec<&'e Element> {
    if element.name.namespace == namespace {
        return vec![element];
    }
    element.elements().flat_map(|child| topmost(child, namespace)).collect()
}

/// Whether each element is valid; a missing declaration that a strict wildcard asks for is no fault, as with us. `None`
/// where the schema does not compile.
fn validate_with_xmllint(folder: &Path, payloads: &[&Element]) -> Option<Vec<bool>> {
    let mut command = Command::new("xmllint");
    command.current_dir(folder).args(["--nonet", "--noout", "--schema", "schema.xsd"]);
    for (number, payload) in payloads.iter().enumerate() {
        let name = format!("{number}.xml");
        std::fs::write(folder.join(&name), write(payload, "", Style::default())).unwrap();
        command.arg(name);
    }
    let said = String::from_utf8_lossy(&command.output().unwrap().stderr).into_owned();
    if said.contains("failed to compile") {
        return None;
    }
    // Attributes with the prefix `xml` are welcome everywhere, as XMPP has it.
    let forgiven = ["demanded by the strict wildcard", "attribute '{http://www.w3.org/XML/1998/namespace}"];
    let fault = |line: &&str| line.contains("error :") && !forgiven.iter().any(|part| line.contains(part));
    let faults: Vec<&str> = said.lines().filter(fault).collect();
    Some((0..payloads.len()).map(|at| !faults.iter().any(|line| line.starts_with(&format!("{at}.xml:")))).collect())
}

/// All schemas of all XEPs as one set, as a series makes it.
#[test]
fn the_whole_series_is_one_set() {
    let Some(shared) = shared() else { return };
    let mut sources = Sources::default();
    let mut schemas = Vec::new();
    for path in xeps(&shared) {
        let file = sources.add(path.to_string_lossy(), std::fs::read_to_string(&path).unwrap());
        schemas.extend(blocks(&sources, file, "code").iter().flat_map(SchemaSource::read));
    }
    let start = std::time::Instant::now();
    let set = SchemaSet::build(&schemas);
    let built = start.elapsed();
    let _validator = set.validator();
    let count = |state| (0..schemas.len()).filter(|&at| set.state(at) == Some(state)).count();
    let counts = (count(State::Clean), count(State::Mended), count(State::Unusable));
    eprintln!(
        "series: {} schemas, {counts:?}, built in {built:?}, validator {:?}",
        schemas.len(),
        start.elapsed() - built
    );
    assert!(counts.0 > 100 && counts.2 < 5, "{counts:?}");
}
