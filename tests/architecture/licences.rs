//! The crates whose licences ask for more than notices are those of which the documentation says what to do.

use std::path::Path;

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn every_exception_of_deny_toml_is_in_the_lock_file_and_explained() {
    let (deny, lock, page) = (read("deny.toml"), read("Cargo.lock"), read("docs/licences.md"));
    let deny: toml::Value = toml::from_str(&deny).unwrap();
    let exceptions =
        deny.get("licenses").and_then(|part| part.get("exceptions")).and_then(|all| all.as_array()).unwrap();
    assert!(!exceptions.is_empty());
    for exception in exceptions {
        let name = exception.get("crate").and_then(|name| name.as_str()).unwrap();
        let licence = exception.get("allow").and_then(|all| all.get(0)).and_then(|one| one.as_str()).unwrap();
        assert!(lock.contains(&format!("name = \"{name}\"\n")), "{name} is no dependency");
        let row = page.lines().find(|line| line.starts_with(&format!("| {licence} |")));
        assert!(
            row.is_some_and(|row| row.contains(&format!("`{name}`"))),
            "{name} under {licence} is not in docs/licences.md"
        );
    }
    let allowed = deny.get("licenses").and_then(|part| part.get("allow")).and_then(|all| all.as_array()).unwrap();
    for licence in allowed.iter().filter_map(|licence| licence.as_str()) {
        let family = licence.trim_end_matches("-2-Clause").trim_end_matches("-3-Clause");
        assert!(page.contains(family), "{licence} is not in docs/licences.md");
        assert!(!["GPL", "MPL", "EPL", "CDDL"].iter().any(|strong| licence.contains(strong)), "{licence}");
    }
}
