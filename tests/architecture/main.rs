//! What `ARCHITECTURE.md` promises about `src/`, held: the direction of imports, the quiet rooms, policy as data.

#![expect(clippy::unwrap_used, reason = "tests")]

mod code;
mod licences;

use code::Code;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The rooms from the ground up. A room imports from those before it in this list.
const ROOMS: &[&str] = &[
    "source",
    "random",
    "key",
    "finding",
    "xml",
    "document",
    "read",
    "schema",
    "xmpp",
    "contribution",
    "sce",
    "protocol",
    "example",
    "series",
    "rule",
    "judge",
    "render",
    "report",
    "workspace",
    "cli",
];

/// Rooms that need even less than the order allows: all that they may import.
const NARROW: &[(&str, &[&str])] = &[("report", &["source", "finding", "xml"])];

/// The rooms that may touch disk, clock, environment, network and threads.
const SHELLS: &[&str] = &["workspace", "cli"];

/// What only the shells may use: the root of a path, and what follows it; empty: anything of it.
const WORLD: &[(&str, &[&str])] = &[
    ("std", &["fs", "env", "time", "thread", "net", "process"]),
    ("rayon", &[]),
    ("walkdir", &[]),
    ("indicatif", &[]),
    ("rand", &[]),
    ("rand_core", &[]),
    ("getrandom", &[]),
    ("fastrand", &[]),
];

/// What only the shells may call.
const CALLS: &[&str] = &["::now()", "stdin()", "stdout()", "stderr()", "thread_rng(", "OsRng"];

/// Who uses the world outside the shells: file or folder, what, and why.
const WORLD_EXCEPTIONS: &[(&str, &str, &str)] = &[(
    "src/protocol/openpgp",
    "std::time",
    "the library takes and gives moments as `SystemTime`; they are made from the caller's time, never from the clock",
)];

/// Which code names a namespace of the policy or of a profile: file or folder, namespace, and why.
const NAMESPACE_EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("src/xml/mod.rs", "jabber:client", "what an example without a declaration stands in, by convention of all XEPs"),
    (
        "src/protocol/omemo",
        "urn:xmpp:omemo:2",
        "the protocol's own elements, which are more than its carrier: header, keys, device lists, bundles",
    ),
];

/// Whether an exception for `what` holds in the file, and the note that it was needed.
struct Exceptions {
    table: &'static [(&'static str, &'static str, &'static str)],
    needed: BTreeSet<usize>,
}

impl Exceptions {
    fn new(table: &'static [(&'static str, &'static str, &'static str)]) -> Exceptions {
        Exceptions { table, needed: BTreeSet::new() }
    }

    fn hold(&mut self, file: &str, what: &str) -> bool {
        let found = self.table.iter().position(|(place, thing, _)| file.starts_with(place) && *thing == what);
        self.needed.extend(found);
        found.is_some()
    }

    fn assert_all_needed(&self) {
        for (number, exception) in self.table.iter().enumerate() {
            assert!(self.needed.contains(&number), "nothing needs this exception any more: {exception:?}");
        }
    }
}

/// A file of `src/`.
struct Module {
    /// Its path from the root of the project.
    path: String,
    room: String,
    /// How many `super::` lead from it to the root of the crate.
    depth: usize,
    code: Code,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn modules() -> Vec<Module> {
    let source = root().join("src");
    let files = WalkDir::new(&source).sort_by_file_name().into_iter().map(Result::unwrap);
    let mut modules: Vec<Module> = files
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"))
        .filter(|entry| !matches!(entry.file_name().to_str().unwrap(), "lib.rs" | "main.rs"))
        .map(|entry| module(entry.path(), entry.path().strip_prefix(&source).unwrap()))
        .collect();
    let tests: Vec<String> = modules.iter().flat_map(test_files).collect();
    for module in &mut modules {
        let stem = module.path.trim_end_matches("/mod.rs").trim_end_matches(".rs");
        if tests.iter().any(|test| stem == test || stem.starts_with(&format!("{test}/"))) {
            module.code.make_tests();
        }
    }
    modules
}

fn module(file: &Path, inside: &Path) -> Module {
    let stem = inside.with_extension("");
    let names: Vec<&str> = stem.iter().map(|name| name.to_str().unwrap()).filter(|name| *name != "mod").collect();
    let code = Code::new(&fs::read_to_string(file).unwrap());
    Module { path: format!("src/{}", inside.to_str().unwrap()), room: names[0].to_owned(), depth: names.len(), code }
}

/// The files that a module declares for tests only, without their ending.
fn test_files(module: &Module) -> Vec<String> {
    let folder = module.path.trim_end_matches("/mod.rs").trim_end_matches(".rs");
    module.code.test_modules().into_iter().map(|name| format!("{folder}/{name}")).collect()
}

fn rank(room: &str) -> Option<usize> {
    ROOMS.iter().position(|known| *known == room)
}

fn assert_none(what: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{what}:\n{}", faults.join("\n"));
}

#[test]
fn every_room_is_known_and_the_library_lists_them_in_order() {
    let strangers: Vec<String> =
        modules().into_iter().filter(|module| rank(&module.room).is_none()).map(|module| module.path).collect();
    assert_none("these belong to no room; say where it stands, here and in ARCHITECTURE.md", &strangers);

    let library = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let listed: Vec<&str> =
        library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let ordered: Vec<&str> = ROOMS.iter().copied().filter(|room| listed.contains(room)).collect();
    assert_eq!(listed, ordered, "src/lib.rs lists the rooms from the ground up");
}

/// The parts of a room that import each other in a circle, for the time being, and why. None may be added.
const CIRCLES: &[(&str, &[&str], &str)] = &[
    ("example", &["attack", "generate"], "what is shown of an attack is generated, and what is generated is attacked"),
    ("read", &["series", "xep_xml"], "entities hold XEP-XML, and XEP-XML holds entities"),
    ("rule", &["outdated_schema", "schema_violation"], "who is wrong, the schema or the example, is asked by both"),
];

/// The parts of each room, files and folders, with the parts that they import.
fn imports_within_rooms() -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let mut rooms: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for module in modules() {
        let inside = module.path.trim_start_matches("src/").trim_end_matches(".rs");
        let Some((_, part)) = inside.split_once('/') else { continue };
        let part = part.split('/').next().unwrap().to_owned();
        if part == "mod" {
            continue;
        }
        let code = module.code.without_tests();
        let named = code.heads(&format!("crate::{}", module.room)).into_iter().chain(code.climbs(module.depth - 1));
        let parts = rooms.entry(module.room).or_default();
        parts.entry(part).or_default().extend(named.map(|(_, name)| name));
    }
    rooms
}

/// Whether one part of a room imports another one, directly or through others.
fn reaches<'p>(parts: &'p BTreeMap<String, BTreeSet<String>>, from: &'p str, to: &str) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(part) = open.pop() {
        let named = parts.get(part).into_iter().flatten().filter(|name| *name != part && parts.contains_key(*name));
        for next in named {
            if next == to {
                return true;
            }
            if seen.insert(next) {
                open.push(next);
            }
        }
    }
    false
}

#[test]
fn no_part_of_a_room_imports_itself_through_others() {
    let rooms = imports_within_rooms();
    let mut faults = Vec::new();
    for (room, parts) in &rooms {
        for part in parts.keys().filter(|part| reaches(parts, part, part)) {
            let is_known = CIRCLES.iter().any(|(known, circle, _)| known == room && circle.contains(&part.as_str()));
            if !is_known {
                faults.push(format!("src/{room}: `{part}`"));
            }
        }
    }
    assert_none("these import each other in a circle", &faults);
    for (room, circle, _) in CIRCLES {
        let gone = circle.iter().any(|part| !reaches(&rooms[*room], part, part));
        assert!(!gone, "there is no circle of {circle:?} any more: take it from the list");
    }
}

/// Tests may look further: what a room promises sometimes shows only in another one.
#[test]
fn no_room_imports_from_one_below_it() {
    let mut faults = Vec::new();
    for module in modules() {
        let code = module.code.without_tests();
        for (line, room) in code.heads("crate").into_iter().chain(code.climbs(module.depth)) {
            let allowed = match NARROW.iter().find(|(narrow, _)| *narrow == module.room) {
                Some((_, rooms)) => room == module.room || rooms.contains(&room.as_str()),
                None => rank(&room).is_some_and(|imported| imported <= rank(&module.room).unwrap_or(0)),
            };
            if !allowed {
                faults.push(format!("{}:{line}: `{}` imports `{room}`", module.path, module.room));
            }
        }
    }
    assert_none("imports against the order of the rooms", &faults);
}

#[test]
fn only_the_shells_touch_the_world() {
    let mut exceptions = Exceptions::new(WORLD_EXCEPTIONS);
    let mut faults = Vec::new();
    for module in modules().iter().filter(|module| !SHELLS.contains(&module.room.as_str())) {
        for (line, thing) in worldly(&module.code) {
            if !exceptions.hold(&module.path, &thing) {
                faults.push(format!("{}:{line}: {thing}", module.path));
            }
        }
    }
    assert_none("disk, clock, environment, network, threads or randomness outside the shells", &faults);
    exceptions.assert_all_needed();
}

/// What of the world the code uses, with lines.
fn worldly(code: &Code) -> Vec<(usize, String)> {
    let code = code.without_tests();
    let mut found = Vec::new();
    for (root, parts) in WORLD {
        let heads = code.heads(root).into_iter();
        found.extend(
            heads
                .filter(|(_, head)| parts.is_empty() || parts.contains(&head.as_str()))
                .map(|(line, head)| (line, format!("{root}::{head}"))),
        );
    }
    for call in CALLS {
        found.extend(code.lines_with(call).into_iter().map(|line| (line, (*call).to_owned())));
    }
    found
}

#[test]
fn the_policy_is_data() {
    let namespaces = policy_namespaces();
    let mut exceptions = Exceptions::new(NAMESPACE_EXCEPTIONS);
    let mut faults = Vec::new();
    for module in modules() {
        for (line, literal) in module.code.without_tests().literals() {
            for namespace in namespaces.iter().filter(|namespace| names(literal, namespace)) {
                if !exceptions.hold(&module.path, namespace) {
                    faults.push(format!("{}:{line}: {namespace}", module.path));
                }
            }
        }
    }
    assert_none("namespaces of the policy or of a profile in code; they belong into spec/", &faults);
    exceptions.assert_all_needed();
}

/// Every namespace of the policy's rows and of the profiles' carriers, envelopes and contents.
fn policy_namespaces() -> BTreeSet<String> {
    let table = |name: &str| -> toml::Table {
        fs::read_to_string(root().join("spec/xep-sce").join(name)).unwrap().parse().unwrap()
    };
    let elements = table("elements.toml");
    let rows = elements["element"].as_array().unwrap();
    let mut found: BTreeSet<String> = rows.iter().map(|row| row["namespace"].as_str().unwrap().to_owned()).collect();
    assert!(found.len() > 20, "the policy has rows");
    let profiles = table("profiles.toml");
    for profile in profiles["profile"].as_table().unwrap().values() {
        collect_namespaces(profile, &mut found);
    }
    found
}

/// The namespaces of all names in Clark notation under the keys that name elements.
fn collect_namespaces(value: &toml::Value, found: &mut BTreeSet<String>) {
    for (key, value) in value.as_table().into_iter().flatten() {
        match value.as_str() {
            Some(name) if matches!(key.as_str(), "carrier" | "envelope" | "content") => {
                let namespace = name.strip_prefix('{').and_then(|rest| rest.split_once('}'));
                found.extend(namespace.map(|(namespace, _)| namespace.to_owned()));
            }
            _ => collect_namespaces(value, found),
        }
    }
}

/// Whether a literal names the namespace itself, and not a longer one that begins alike.
fn names(literal: &str, namespace: &str) -> bool {
    let part = |letter: char| letter.is_alphanumeric() || ":#./-_".contains(letter);
    literal.match_indices(namespace).any(|(at, _)| {
        let before = literal[..at].chars().next_back();
        let after = literal[at + namespace.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

#[test]
fn nothing_names_a_folder_of_one_machine() {
    let is_ours = |entry: &walkdir::DirEntry| !matches!(entry.file_name().to_str().unwrap(), "target" | ".git");
    let folders = ["work", "home", "root", "Users"].map(|folder| format!("/{folder}/"));
    let mut faults = Vec::new();
    for entry in WalkDir::new(root()).into_iter().filter_entry(is_ours).map(Result::unwrap) {
        let Ok(text) = fs::read_to_string(entry.path()) else { continue };
        let named = folders
            .iter()
            .filter(|folder| text.split([' ', '"', '`', '\'', '(', '=']).any(|word| word.starts_with(*folder)));
        faults.extend(named.map(|folder| format!("{}: {folder}", entry.path().display())));
    }
    assert_none("folders that only one machine has", &faults);
}

#[test]
fn a_namespace_is_not_found_in_a_longer_one() {
    assert!(names("{urn:x:1}a", "urn:x:1"));
    assert!(names("<a xmlns='urn:x:1'/>", "urn:x:1"));
    assert!(!names("urn:x:10", "urn:x:1"));
    assert!(!names("urn:x:1:extra", "urn:x:1"));
}
