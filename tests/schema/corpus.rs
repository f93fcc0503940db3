//! Real XEPs.

use crate::extract::{blocks, shared};
use std::path::PathBuf;
use xep::schema::{SchemaSet, SchemaSource, State, ViolationKind};
use xep::source::{Sources, Span};
use xep::xml::{CLIENT, parse};

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
    let mut paths: Vec<_> =
        std::fs::read_dir(shared.join("corpus")).unwrap().filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "xml"));
    paths.sort();
    let mut sources = Sources::default();
    let mut counts = [0; 5];
    let mut validated = std::collections::BTreeMap::new();
    for path in paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let file = sources.add(name.clone(), std::fs::read_to_string(&path).unwrap());
        let codes = blocks(&sources, file, "code");
        let schemas: Vec<SchemaSource> = codes.iter().flat_map(SchemaSource::read).collect();
        if schemas.is_empty() {
            continue;
        }
        if let Some(folder) = std::env::var_os("XEP_DUMP") {
            let texts = codes.iter().flat_map(|code| SchemaSource::read(code).into_iter().map(move |_| code));
            for (at, text) in texts.enumerate() {
                std::fs::write(PathBuf::from(&folder).join(format!("{name}_{at}.xsd")), text.as_str().trim()).unwrap();
            }
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
                            "V\t{name}:{}:{}\t{:?}\t{}\t{}\tforeign={} elision={}",
                            at.line,
                            at.column,
                            violation.kind,
                            violation.message,
                            violation.code,
                            violation.foreign,
                            violation.beside_elision
                        );
                    }
                }
            }
        }
    }
    eprintln!("clean, mended, unusable, malformed and used, malformed and not: {counts:?}; violations {validated:?}");
    assert!(counts.iter().sum::<i32>() > 150, "{counts:?}");
}
