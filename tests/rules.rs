//! The rules, held by what they say of themselves and by fixtures.
//!
//! Every code block under "Wrong" in the documentation of a rule is found by it, every one under "Right" is not; the fixtures
//! in `tests/fixtures` carry the expected findings beside the offending lines, and what a person sees is a snapshot.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "rules/documentation.rs"]
mod documentation;
#[path = "rules/fixtures.rs"]
mod fixtures;
#[path = "rules/series.rs"]
mod series;

use std::path::{Path, PathBuf};
use xep::workspace::{Asked, Extent, Memory, Options, Silent, Snapshot, World, check};

/// Where the document of a case lies.
const FOLDER: &str = "spec/x";

/// The header of a document about which nothing else is to be said.
const HEADER: &str = "\
---
title: A Case
abstract: A document with one example.
legal: xsf
number: XXXX
status: ProtoXEP
type: Standards Track
sig: Standards
approver: Council
dependencies: [XMPP Core]
supersedes: []
supersededby: []
shortname: case
author:
  - firstname: Ada
    surname: Author
revision:
  - version: 0.0.1
    date: 2026-09-14
    initials: aa
    remark: First draft.
---

";

/// What lies beside the project's own draft: policy, profiles, schema, people and their keys.
fn companions() -> Memory {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/xep-sce");
    let mut world = Memory::default();
    for path in xep::workspace::Disk.files_below(&folder).unwrap() {
        let name = path.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/");
        if name != "draft.md" {
            world = world.with(&format!("{FOLDER}/{name}"), std::fs::read(&path).unwrap());
        }
    }
    world
}

/// Checks the document of that name, also by the rules that are off by default.
fn checked_pedantically(world: &Memory, name: &str) -> Snapshot {
    let path = PathBuf::from(format!("{FOLDER}/{name}"));
    checked_by(
        world,
        path,
        Options { asked: Asked { pedantic: true, ..Asked::default() }, ..Options::fresh(Extent::Full) },
        name,
    )
}

/// Checks the document of that name.
fn checked(world: &Memory, name: &str) -> Snapshot {
    let path = PathBuf::from(format!("{FOLDER}/{name}"));
    checked_by(world, path, Options::fresh(Extent::Full), name)
}

fn checked_by(world: &Memory, path: PathBuf, options: Options, name: &str) -> Snapshot {
    check(world, &[path], options, &Silent).unwrap_or_else(|failure| panic!("{name}: {failure}"))
}
