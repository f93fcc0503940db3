//! Our verdicts by XML Schema beside those of libxml2.
//!
//! ```text
//! cargo run --release --example xsd-verdicts -- DIR [--show N]
//! ```
//!
//! DIR is a checkout of XEPs. Compared are, XEP by XEP, each schema as it is written, all schemas together as they are mended, and each
//! payload of the examples (the topmost elements that a schema describes) against these. Compared is what the engine says, before
//! anything is left out of it. Printed are tables of what is said alike and what is not, with the reason for each class of
//! difference. Exit code 1: there is a difference that no class explains; 75: `xmllint` is not installed.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "tables are what this program is for")]

use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use xep::example::Example;
use xep::schema::{SchemaSet, SchemaSource, State, Violation};
use xep::workspace::{Disk, Loaded, Trial, Trials};
use xep::xml::Element;
use xep::xml::write::{Style, write};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// How many elements are given to one `xmllint`.
const BATCH: usize = 400;

/// How often each class occurs, with some places.
type Classes = BTreeMap<&'static str, Vec<String>>;

/// What came of one XEP, or of all.
#[derive(Default)]
struct Tables {
    schemas: Classes,
    mended: Classes,
    payloads: Classes,
    errors: Classes,
}

impl Tables {
    fn take(&mut self, other: Tables) {
        let pairs = [
            (&mut self.schemas, other.schemas),
            (&mut self.mended, other.mended),
            (&mut self.payloads, other.payloads),
            (&mut self.errors, other.errors),
        ];
        for (own, other) in pairs {
            other.into_iter().for_each(|(class, places)| own.entry(class).or_default().extend(places));
        }
    }
}

/// How a class that nobody has a reason for begins.
const UNEXPLAINED: &str = "UNEXPLAINED";

fn main() -> Outcome<ExitCode> {
    let mut folder = None;
    let mut show = 0;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--show" => show = arguments.next().ok_or("--show needs a number")?.parse()?,
            _ => folder = Some(PathBuf::from(argument)),
        }
    }
    let folder = folder.ok_or("name a folder with XEPs: cargo run --release --example xsd-verdicts -- DIR")?;
    if Command::new("xmllint").arg("--version").output().is_err() {
        eprintln!("skipped: xmllint is not installed (Debian: libxml2-utils)");
        return Ok(ExitCode::from(75));
    }
    let trials = Trials::read(&Disk, &[folder])?;
    let all: Vec<Outcome<Tables>> = trials.documents().par_iter().map(|loaded| compare(&trials, loaded)).collect();
    let mut tables = Tables::default();
    for one in all {
        tables.take(one?);
    }
    print("Schemas as they are written", "schemas", &tables.schemas, show);
    print("The schemas of a XEP together, as they are mended", "XEPs", &tables.mended, show);
    print("Payloads of examples", "payloads", &tables.payloads, show);
    print("How much is said of payloads that both refuse", "payloads", &tables.errors, show);
    let all = [&tables.schemas, &tables.mended, &tables.payloads];
    let is_unexplained = all.into_iter().flat_map(BTreeMap::keys).any(|class| class.starts_with(UNEXPLAINED));
    Ok(ExitCode::from(u8::from(is_unexplained)))
}

fn print(title: &str, what: &str, classes: &Classes, show: usize) {
    let sum: usize = classes.values().map(Vec::len).sum();
    println!("## {title}\n\n| verdicts | {what} |\n| --- | ---: |");
    for (class, places) in classes {
        println!("| {class} | {} |", places.len());
    }
    println!("| all | {sum} |\n");
    for (class, places) in classes.iter().filter(|_| show > 0) {
        println!("{class}\n  {}\n", places.iter().take(show).cloned().collect::<Vec<_>>().join("\n  "));
    }
}

/// A folder for the files of one XEP, which goes when it is no longer needed.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Outcome<Folder> {
        let folder = std::env::temp_dir().join(format!("xep-verdicts-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Folder(folder))
    }

    /// What `xmllint` says of files by a schema. Nothing else is read.
    fn xmllint(&self, schema: &str, files: &[String]) -> Outcome<String> {
        let mut command = Command::new("xmllint");
        command.current_dir(&self.0).args(["--nonet", "--noout", "--schema", schema]).args(files);
        Ok(String::from_utf8_lossy(&command.output()?.stderr).into_owned())
    }

    fn write(&self, name: &str, text: &str) -> Outcome<()> {
        Ok(std::fs::write(self.0.join(name), text)?)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left of it is of no use to anybody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn compare(trials: &Trials, loaded: &Loaded) -> Outcome<Tables> {
    let trial = trials.examine(loaded, &trials.text(loaded));
    let examples = &trial.examined.examples;
    let texts = examples.iter().filter(|example| SchemaSource::seems_schema(example.text.as_str()));
    let read: Vec<(SchemaSource, &Example)> =
        texts.flat_map(|text| SchemaSource::read(&text.text).into_iter().map(move |schema| (schema, text))).collect();
    let mut tables = Tables::default();
    if read.is_empty() {
        return Ok(tables);
    }
    let name = Path::new(&loaded.path).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folder = Folder::new(&name)?;
    let sources: Vec<SchemaSource> = read.iter().map(|(schema, _)| schema.clone()).collect();
    let set = SchemaSet::build(&sources);
    folder.write("none.xml", "<none/>")?;
    for (at, (schema, example)) in read.iter().enumerate() {
        let class = as_written(&folder, &set, (at, schema), example, &sources)?;
        tables.schemas.entry(class).or_default().push(format!("{name} {}", example.id));
    }
    let (class, is_compiled) = together(&folder, &set)?;
    tables.mended.entry(class).or_default().push(name.clone());
    if is_compiled {
        payloads(&folder, &set, &trial, &name, &mut tables)?;
    }
    Ok(tables)
}

fn compiles(said: &str) -> bool {
    !said.contains("failed to compile") && !said.contains("parser error")
}

/// One schema as its author wrote it.
fn as_written(
    folder: &Folder,
    set: &SchemaSet,
    (at, schema): (usize, &SchemaSource),
    example: &Example,
    all: &[SchemaSource],
) -> Outcome<&'static str> {
    folder.write("written.xsd", example.text.as_str().trim())?;
    let theirs = compiles(&folder.xmllint("written.xsd", &["none.xml".into()])?);
    let refers = |one: &SchemaSource| {
        one.root().elements().any(|child| matches!(child.name.local.as_str(), "import" | "include"))
    };
    let same = all.iter().filter(|other| other.target_namespace() == schema.target_namespace()).count();
    Ok(match (set.state(at), theirs) {
        _ if !schema.problems().is_empty() => match theirs {
            false => "alike: not well-formed",
            true => "UNEXPLAINED: xmllint takes it for well-formed",
        },
        (Some(State::Clean), true) => "alike: right",
        (Some(State::Mended | State::Unusable), false) => "alike: wrong",
        (Some(State::Clean), false) if refers(schema) || same > 1 => {
            "different: it needs another schema, which we take from the XEP and xmllint would have to fetch"
        }
        (Some(State::Clean), false) => "UNEXPLAINED: right with us alone",
        (_, true) => "UNEXPLAINED: wrong with us alone",
        (None, false) => "UNEXPLAINED: unknown to us",
    })
}

/// All schemas that are used, as they are after mending, through one schema that imports them.
fn together(folder: &Folder, set: &SchemaSet) -> Outcome<(&'static str, bool)> {
    let texts = set.texts();
    let mut imports = String::new();
    for (at, text) in texts.iter().enumerate() {
        folder.write(&format!("{at}.xsd"), text)?;
    }
    let mut seen: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, text) in texts.iter().enumerate() {
        seen.entry(target(text)).or_default().push(at);
    }
    for (namespace, files) in &seen {
        // Several schemas of one namespace are one for whoever imports it.
        let [first, rest @ ..] = files.as_slice() else { continue };
        let file = if rest.is_empty() { format!("{first}.xsd") } else { joined(folder, namespace, files)? };
        let attribute = if namespace.is_empty() { String::new() } else { format!(" namespace='{namespace}'") };
        imports.push_str(&format!("<xs:import{attribute} schemaLocation='{file}'/>"));
    }
    let xs = xep::schema::XSD;
    folder.write("all.xsd", &format!("<xs:schema xmlns:xs='{xs}' targetNamespace='urn:all'>{imports}</xs:schema>"))?;
    if texts.is_empty() {
        return Ok(("left out: none can be used", false));
    }
    let said = folder.xmllint("all.xsd", &["none.xml".into()])?;
    let includes = texts.iter().any(|text| text.contains(":include ") || text.contains("<include "));
    Ok(match compiles(&said) {
        true => ("alike: right", true),
        false if includes => (
            "different: they include schemas that lie elsewhere; with us what these declare is open, and no payload is compared",
            false,
        ),
        false => ("UNEXPLAINED: xmllint refuses them", false),
    })
}

/// A schema that includes all those of a namespace.
fn joined(folder: &Folder, namespace: &str, files: &[usize]) -> Outcome<String> {
    let includes: String = files.iter().map(|at| format!("<xs:include schemaLocation='{at}.xsd'/>")).collect();
    let name = format!("joined-{}.xsd", files.first().copied().unwrap_or(0));
    let xs = xep::schema::XSD;
    folder.write(&name, &format!("<xs:schema xmlns:xs='{xs}' targetNamespace='{namespace}'>{includes}</xs:schema>"))?;
    Ok(name)
}

/// The namespace that a schema describes.
fn target(text: &str) -> String {
    let (_, rest) = text.split_once("targetNamespace='").unwrap_or(("", "'"));
    rest.split('\'').next().unwrap_or("").to_owned()
}

/// Each payload by all schemas of its XEP.
fn payloads(folder: &Folder, set: &SchemaSet, trial: &Trial, name: &str, tables: &mut Tables) -> Outcome<()> {
    let examples = trial.examined.examples.iter();
    let whole = examples.filter(|example| example.syntax == "xml" && example.problems.is_empty());
    let roots = whole.flat_map(Example::elements).filter(|root| root.name.namespace != xep::schema::XSD);
    let payloads: Vec<&Element> = roots.flat_map(|root| topmost(root, set)).collect();
    let validator = set.validator();
    for (batch, some) in payloads.chunks(BATCH).enumerate() {
        let files: Vec<String> = (0..some.len()).map(|at| format!("{batch}-{at}.xml")).collect();
        for (file, payload) in files.iter().zip(some) {
            folder.write(file, &write(payload, "", Style::default()))?;
        }
        let said = folder.xmllint("all.xsd", &files)?;
        for (file, payload) in files.iter().zip(some) {
            let ours = validator.validate(payload);
            let start = format!("{file}:");
            let theirs: Vec<&str> =
                said.lines().filter(|line| line.starts_with(&start) && line.contains("error :")).collect();
            let line = trial.sources.get(payload.span.file).position(payload.span.start).line;
            let place = || place(name, line, &ours, &theirs);
            tables.payloads.entry(verdicts(&ours, &theirs)).or_default().push(place());
            if !ours.is_empty() && !theirs.is_empty() {
                tables.errors.entry(amounts(&ours, &theirs)).or_default().push(place());
            }
        }
    }
    Ok(())
}

fn place(name: &str, line: usize, ours: &[Violation], theirs: &[&str]) -> String {
    let said = ours.first().map_or("-", |violation| violation.message.as_str());
    let theirs = theirs.first().and_then(|line| line.split("error :").nth(1)).unwrap_or("-");
    format!("{name}:{line}: {said} / {}", theirs.trim())
}

/// The topmost elements that a schema describes.
fn topmost<'e>(element: &'e Element, set: &SchemaSet) -> Vec<&'e Element> {
    if set.knows(&element.name.namespace) {
        return vec![element];
    }
    element.elements().flat_map(|child| topmost(child, set)).collect()
}

/// Errors of libxml2 that are none with us, and why.
const FORGIVEN: [(&str, &str); 2] = [
    (
        "demanded by the strict wildcard",
        "different: nobody declares what stands where a wildcard wants a declaration; with us unknown, not wrong",
    ),
    (
        "attribute '{http://www.w3.org/XML/1998/namespace}",
        "different: an attribute with the prefix `xml`, which XMPP allows everywhere",
    ),
];

fn verdicts(ours: &[Violation], theirs: &[&str]) -> &'static str {
    let reason = |line: &&str| FORGIVEN.iter().find(|(part, _)| line.contains(part)).map(|(_, reason)| *reason);
    let reasons: Vec<Option<&str>> = theirs.iter().map(reason).collect();
    match (ours.is_empty(), theirs.is_empty()) {
        (true, true) => "alike: valid",
        (false, false) => "alike: not valid",
        (true, false) if reasons.iter().all(Option::is_some) => {
            reasons.into_iter().flatten().next().unwrap_or(UNEXPLAINED)
        }
        (true, false) => "UNEXPLAINED: valid with us alone",
        (false, true) => "UNEXPLAINED: valid with xmllint alone",
    }
}

/// Who says more, what is forgiven aside. libxml2 tells a wrong value twice, by its facet and by its type.
fn amounts(ours: &[Violation], theirs: &[&str]) -> &'static str {
    let is_forgiven = |line: &str| FORGIVEN.iter().any(|(part, _)| line.contains(part));
    let told = theirs.iter().filter(|line| !is_forgiven(line) && !line.contains("[facet '")).count();
    match ours.len().cmp(&told) {
        std::cmp::Ordering::Equal => "as much",
        std::cmp::Ordering::Greater => "we say more: libxml2 goes no further in a content model that has a fault",
        std::cmp::Ordering::Less => "libxml2 says more: it goes on behind text that may not stand there",
    }
}
