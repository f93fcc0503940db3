//! What several tests need.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::io::Write;
use std::path::{Path, PathBuf};
use xep::sce::{Policy, Profiles, Rulebook};
use xep::source::Sources;
use xep::workspace::{Disk, Extent, Memory, Options, Silent, Snapshot, World, check};

/// The folder of the project.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Real XEPs and other data beside the project: `XEP_SHARED`, or `../shared`. Says so when it is not there.
pub fn shared(test: &str) -> Option<PathBuf> {
    let named = std::env::var_os("XEP_SHARED").map(PathBuf::from);
    let found = named.or_else(|| Some(root().join("../shared"))).filter(|path| path.join("corpus").is_dir());
    if found.is_none() {
        say(&format!("skipped: {test}: neither XEP_SHARED nor ../shared is there"));
    }
    found
}

/// Past the test harness, which would swallow what a passing test prints.
pub fn say(what: &str) {
    let _ = writeln!(std::io::stderr(), "{what}");
}

/// The project's draft and its examples in memory, at their paths.
pub fn draft() -> Memory {
    let mut memory = Memory::default().with("xep.toml", "");
    for folder in ["spec/xep-sce", "examples"] {
        for file in Disk.files_below(&root().join(folder)).expect("the project has its draft") {
            let relative =
                file.strip_prefix(root()).expect("files lie below their folder").to_string_lossy().into_owned();
            memory = memory.with(&relative, Disk.read(&file).expect("the project's files can be read"));
        }
    }
    let results = "benches/results.json";
    memory.with(results, Disk.read(&root().join(results)).expect("the times of the benchmark are committed"))
}

/// The policy and the profiles of the project's draft.
pub fn rules() -> Rulebook {
    let mut sources = Sources::default();
    let mut table = |name: &str| {
        let text = std::fs::read_to_string(root().join("spec/xep-sce").join(name)).expect("the draft has its tables");
        (sources.add(name, text.as_str()), text)
    };
    let ((elements, policy), (file, profiles)) = (table("elements.toml"), table("profiles.toml"));
    Rulebook {
        policy: Policy::parse(&policy, elements).expect("the policy"),
        profiles: Profiles::parse(&profiles, file).expect("the profiles"),
    }
}

/// The text of a file in memory.
pub fn text(memory: &Memory, path: &str) -> String {
    String::from_utf8(memory.read(Path::new(path)).expect("the file is there")).expect("the file is text")
}

/// The same with one text replaced by another in a file; the text must be there.
pub fn changed(memory: &Memory, path: &str, from: &str, to: &str) -> Memory {
    let before = text(memory, path);
    assert!(before.contains(from), "`{from}` does not occur in {path}");
    memory.clone().with(path, before.replacen(from, to, 1))
}

/// Checks the documents at a path.
pub fn checked(world: &dyn World, path: &str) -> Snapshot {
    check(world, &[PathBuf::from(path)], Options::fresh(Extent::Full), &Silent).expect("the documents can be read")
}

/// The findings as `path:line rule`, in order.
pub fn findings(checked: &Snapshot) -> Vec<String> {
    let report = checked.report();
    let at = |sources: &Sources, span: xep::source::Span| sources.get(span.file).position(span.start).line;
    let line = |judged: &xep::report::Judged| {
        let finding = &judged.finding;
        let path = checked.sources.get(finding.span.file).path();
        format!("{path}:{} {}", at(&checked.sources, finding.span), finding.rule)
    };
    report.findings.iter().map(line).collect()
}
