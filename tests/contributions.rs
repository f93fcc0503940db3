//! Contributions: edits to a XEP of somebody else land where they were written for, or nowhere.
//!
//! `contributions/shortest-path.xml` is a made-up XEP. The published XEP-0420 is not part of this project: without it these tests say that
//! they were skipped.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use base64::Engine as _;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::{checked, findings, root, say, shared};
use xep::contribution::Revision;
use xep::workspace::{Contributed, Disk, Memory, World, contribute, places_of};

const XEP: &str = "xep-9999.xml";

fn fixture() -> String {
    std::fs::read_to_string(root().join("tests/contributions/shortest-path.xml")).unwrap()
}

/// The hash of a place of a document, as `xep apply --places` lists it.
fn hash(document: &str, section: &str, at: &str) -> String {
    let listed = places_of(&Memory::default().with(XEP, document), Path::new(XEP)).unwrap();
    let found = listed.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        let (_, hash, of) = (words.next()?, words.next()?, words.next()?);
        (of == section && words.collect::<Vec<_>>().join(" ") == at).then(|| hash.to_owned())
    });
    assert!(found.is_some(), "{section} has no `{at}`:\n{listed}");
    found.unwrap()
}

/// An edit of the fixture.
fn edit(section: &str, at: &str, rest: &str) -> String {
    let named = if section == "-" { String::new() } else { format!("section = \"{section}\"\n") };
    let path = if at.is_empty() { String::new() } else { format!("at = \"{at}\"\n") };
    format!("[[edit]]\n{named}{path}hash = \"{}\"\n{rest}\n", hash(&fixture(), section, at))
}

fn contribution(edits: &[String]) -> String {
    let head = "title = \"Paths & hops\"\nwhy = \"A test.\"\ndocument = \"9999\"\nversion = \"0.2.0\"\n\n";
    head.to_owned() + &edits.join("\n")
}

fn applied_to(document: &str, contributions: &[String], revision: Option<&Revision>) -> Contributed {
    let mut memory = Memory::default().with(XEP, document);
    let mut paths = Vec::new();
    for (at, text) in contributions.iter().enumerate() {
        let path = format!("{}.toml", at + 1);
        memory = memory.with(&path, text.as_str());
        paths.push(PathBuf::from(path));
    }
    contribute(&memory, &paths, Path::new(XEP), revision).unwrap()
}

/// What one contribution with these edits makes of the fixture.
fn edited(edits: &[String]) -> String {
    let contributed = applied_to(&fixture(), &[contribution(edits)], None);
    assert!(contributed.said().is_empty(), "{:?}", contributed.said());
    contributed.outcome.unwrap().text
}

/// That these edits change one text of the fixture, and nothing else.
fn changes(edits: &[String], from: &str, to: &str) {
    assert_eq!(fixture().matches(from).count(), 1, "`{from}`");
    assert_eq!(edited(edits), fixture().replace(from, to));
}

/// That contributions do not fit a document, and what is said.
fn misfit(document: &str, contributions: &[String], words: &[&str]) {
    let contributed = applied_to(document, contributions, None);
    assert!(contributed.outcome.is_err());
    assert_eq!(contributed.difference(), "");
    let said = contributed.said().join("\n");
    for word in words {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
}

#[test]
fn each_kind_of_edit_changes_its_place_and_nothing_else() {
    changes(&[edit("intro", "p 3", "delete = true")], "\n  <p>Nobody needs this paragraph.</p>", "");
    changes(
        &[edit("intro", "p 3", "replace = '<p>See &xep0045; and &hop;.</p>'")],
        "<p>Nobody needs this paragraph.</p>",
        "<p>See &xep0045; and &hop;.</p>",
    );
    changes(
        &[edit("intro", "p 3", "insert-before = '''\n<p>One.</p>\n  <p>Two.</p>\n'''")],
        "  <p>Nobody",
        "  <p>One.</p>\n  <p>Two.</p>\n  <p>Nobody",
    );
    changes(
        &[edit("intro", "p 3", "insert-after = '<p>One.</p>'")],
        "paragraph.</p>\n",
        "paragraph.</p>\n  <p>One.</p>\n",
    );
    changes(
        &[edit("intro", "ul 1", "append = '<li>Third</li>'")],
        "    <li>Second</li>\n",
        "    <li>Second</li>\n    <li>Third</li>\n",
    );
    changes(
        &[edit("intro", "p 3", "append = 'But it is short.'")],
        "paragraph.</p>",
        "paragraph.\n    But it is short.</p>",
    );
    changes(&[edit("notes", "", "append = '<p>None.</p>'")], "'notes'>\n", "'notes'>\n  <p>None.</p>\n");
    changes(
        &[edit("notes", "", "insert-before = '''<section1 topic='New'/>'''")],
        "<section1 topic='Notes'",
        "<section1 topic='New'/>\n\n<section1 topic='Notes'",
    );
    changes(
        &[edit("-", "header 1 / dependencies 1", "append = '<spec>XEP-0030</spec>'")],
        "<spec>XMPP Core</spec>\n",
        "<spec>XMPP Core</spec>\n    <spec>XEP-0030</spec>\n",
    );
}

#[test]
fn parts_of_a_block_are_named_without_its_text() {
    changes(&[edit("intro", "p 2", "word = 'recieving'\nsubstitute = 'receiving'")], "recieving", "receiving");
    changes(&[edit("2.1", "example 1", "attribute = 'caption'\nsubstitute = 'A request'")], "A requst", "A request");
    changes(
        &[edit("2.1", "example 1", "words = '6'\nsubstitute = \"to='b@example.org'/>\"")],
        "to='b@example.org/full'/>",
        "to='b@example.org'/>",
    );
    changes(
        &[edit("intro", "p 1", "words = '4-6'\nsubstitute = 'some hops: look at'")],
        "several\n     hops, see &xep0030;",
        "some hops: look at &xep0030;",
    );
}

#[test]
fn the_hash_is_of_the_source_with_white_space_normalized() {
    let (spread, tight) = (fixture(), fixture().replace("has   several\n     hops", "has several hops"));
    assert_eq!(hash(&spread, "intro", "p 1"), "6fbdf16a2b04100e");
    assert_eq!(hash(&tight, "intro", "p 1"), "6fbdf16a2b04100e");
    assert_ne!(hash(&spread.replace("&xep0030;", "XEP-0030"), "intro", "p 1"), "6fbdf16a2b04100e");
}

#[test]
fn line_ends_of_the_document_are_kept() {
    let crlf = fixture().replace('\n', "\r\n");
    let edits = [
        edit("intro", "p 1", "replace = '''\n<p>One\n  line.</p>\n'''"),
        edit("intro", "p 3", "delete = true"),
        edit("intro", "ul 1", "append = '<li>Third</li>'"),
    ];
    let revision = Revision { version: "0.3.0".into(), date: "2026-02-03".into(), initials: "ab".into() };
    let contributions = [contribution(&edits)];
    let text = applied_to(&crlf, &contributions, Some(&revision)).outcome.unwrap().text;
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    let plain = applied_to(&fixture(), &contributions, Some(&revision)).outcome.unwrap().text;
    assert_eq!(text.replace("\r\n", "\n"), plain);
}

#[test]
fn a_revision_is_added_when_it_is_asked_for() {
    let edits = [edit("intro", "p 3", "delete = true")];
    let own = contribution(&edits).replace("document =", "remark = 'Drop a <tt>p</tt>'\ndocument =");
    let other = contribution(&[edit("intro", "ul 1 / li 2", "delete = true")]);
    let revision = Revision { version: "0.3.0".into(), date: "2026-02-03".into(), initials: "a&b".into() };
    let text = applied_to(&fixture(), &[own, other], Some(&revision)).outcome.unwrap().text;
    let expected = "  <revision>\n    <version>0.3.0</version>\n    <date>2026-02-03</date>\n    <initials>a&amp;b</initials>\n    \
        <remark>\n      <p>Drop a <tt>p</tt></p>\n      <p>Paths &amp; hops</p>\n    </remark>\n  </revision>\n  <revision>\n    \
        <version>0.2.0</version>";
    assert!(text.contains(expected), "{text}");
    assert!(!edited(&edits).contains("0.3.0"));
}

#[test]
fn contributions_meet_in_one_section_at_the_places_of_the_original() {
    let one = contribution(&[
        edit("intro", "p 3", "insert-after = '<p>From one.</p>'"),
        edit("-", "header 1 / dependencies 1", "append = '<spec>XEP-0030</spec>'"),
        edit("intro", "p 1", "words = '2'\nsubstitute = 'path that is short'"),
    ]);
    let other = contribution(&[
        edit("intro", "p 3", "insert-after = '<p>From the other.</p>'"),
        edit("-", "header 1 / dependencies 1", "append = '<spec>XEP-0045</spec>'"),
        edit("-", "header 1 / dependencies 1", "append = '<spec>XEP-0030</spec>'"),
        edit("intro", "p 3", "delete = true"),
        edit("intro", "p 1", "words = '9-10'\nsubstitute = 'an element'"),
    ]);
    let text = applied_to(&fixture(), &[one, other], None).outcome.unwrap().text;
    assert!(text.contains("server.</p>\n  <p>From one.</p>\n  <p>From the other.</p>\n  <ul>"), "{text}");
    let dependencies = "Core</spec>\n    <spec>XEP-0030</spec>\n    <spec>XEP-0045</spec>\n  </dep";
    assert!(text.contains(dependencies), "what both add is added once: {text}");
    assert!(text.contains("path that is short") && text.contains("an element"), "{text}");
}

#[test]
fn overlapping_edits_are_an_error_that_names_both() {
    let whole = contribution(&[edit("intro", "p 1", "replace = '<p>New.</p>'")]);
    let part = contribution(&[edit("intro", "p 1", "words = '2'\nsubstitute = 'way'")]);
    misfit(
        &fixture(),
        &[whole.clone(), part],
        &["2.toml:6: the edit changes text that the edit at 1.toml:6 changes too"],
    );
    let inside = contribution(&[edit("intro", "ul 1 / li 1", "insert-after = '<li>x</li>'")]);
    let list = contribution(&[edit("intro", "ul 1", "delete = true")]);
    misfit(&fixture(), &[inside, list], &["1.toml:6:", "2.toml:6", "help: "]);
    misfit(&fixture(), &[whole.clone(), whole.replace("New", "Newer")], &["2.toml:6:"]);
}

#[test]
fn a_moved_block_is_found_in_its_section_and_told_elsewhere() {
    let paragraph = "\n  <p>Nobody needs this paragraph.</p>";
    let edits = [contribution(&[edit("intro", "p 3", "delete = true")])];
    let moved = fixture().replace(paragraph, "").replace("'intro'>", &format!("'intro'>{paragraph}"));
    let contributed = applied_to(&moved, &edits, None);
    assert!(
        contributed.said()[0].contains("1.toml:6: `p 3` in section `intro` is in line 26 now"),
        "{:?}",
        contributed.said()
    );
    assert_eq!(contributed.outcome.unwrap().text, fixture().replace(paragraph, ""));
    let away = fixture().replace(paragraph, "").replace("'notes'>", &format!("'notes'>{paragraph}"));
    misfit(&away, &edits, &["xep-9999.xml has no `p 3` in section `intro`", "the text is in line 43 now"]);
    let twice = fixture().replace("'intro'>", &format!("'intro'>{paragraph}{paragraph}\n  <p>x</p>"));
    misfit(&twice, &edits, &["`p 3` in section `intro` (xep-9999.xml:28) is not the text"]);
}

#[test]
fn a_changed_text_or_another_document_is_an_error() {
    let edits = [contribution(&[edit("intro", "p 3", "delete = true"), edit("intro", "p 2", "delete = true")])];
    let changed = fixture().replace("Nobody needs", "Everybody needs").replace("It ends", "It stops");
    misfit(&changed, &edits, &["1.toml:6: `p 3`", "(xep-9999.xml:29) is not the text", "1.toml:12: `p 2`", "help: "]);
    let renamed = fixture().replace("anchor='intro'", "anchor='introduction'");
    misfit(&renamed, &edits, &["has no section `intro`", "by its anchor"]);
    let doubled = fixture().replace("anchor='notes'", "anchor='intro'");
    misfit(&doubled, &edits, &["2 sections of xep-9999.xml have the anchor `intro`"]);
    misfit(&fixture().replace("9999", "9998"), &edits, &["1.toml:3:", "is for XEP-9999, but the document is XEP-9998"]);
    misfit("<html/>", &edits, &["xep-9999.xml:1: there is no element `<xep>`"]);
    let newer = fixture().replace("0.2.0", "0.2.1");
    let contributed = applied_to(&newer, &edits, None);
    assert!(contributed.said()[0].contains("has version 0.2.1; the edits were written for 0.2.0"));
    assert!(contributed.outcome.is_ok());
    let torn = [contribution(&[edit("intro", "p 2", "words = '1'\nsubstitute = 'It'")])];
    misfit(&fixture(), &torn, &["1.toml:6: line 28 of the edited document gets a new error: malformed-xml"]);
    let words = [contribution(&[edit("intro", "p 2", "words = '7'\nsubstitute = 'x'")])];
    misfit(&fixture(), &words, &["has 6 words"]);
    let word = [contribution(&[edit("intro", "p 2", "word = 'e'\nsubstitute = 'x'")])];
    misfit(&fixture(), &word, &["`e` stands as a word 0 times"]);
}

/// The result has no error that the document did not have, and the edit that makes one is named.
#[test]
fn an_edit_that_makes_the_document_wrong_is_refused() {
    for (rest, word) in [
        ("insert-after = '<p>&#1;</p>'", "&#1;"),
        ("replace = '<foo/>'", "foo"),
        ("append = '<p>A paragraph in a paragraph.</p>'", "misplaced-element"),
        ("replace = 'Loose text.'", "misplaced-text"),
        ("insert-before = '<section1 topic=\"Twice\" anchor=\"notes\"><p>x</p></section1>'", "duplicate-anchor"),
    ] {
        let place = if word == "duplicate-anchor" { ("notes", "") } else { ("intro", "p 3") };
        let first = edit("intro", "p 2", "word = 'It'\nsubstitute = 'This'");
        let edits = [contribution(&[first, edit(place.0, place.1, rest)])];
        misfit(&fixture(), &edits, &["1.toml:13:", "of the edited document gets a new error", word]);
    }
    let unknown = contribution(&[edit("intro", "p 3", "replace = '<p>&nosuch; &amp; &hop;</p>'")]);
    let said = applied_to(&fixture(), std::slice::from_ref(&unknown), None).said();
    assert!(said.len() == 1 && said[0].contains("1.toml:6: nothing here declares the entity `&nosuch;`"), "{said:?}");
    let world = Memory::default().with(XEP, fixture()).with("1.toml", unknown).with("xep.ent", "<!ENTITY hop 'hop'>");
    let contributed = contribute(&world, &["1.toml".into()], Path::new(XEP), None).unwrap();
    assert!(contributed.said()[0].contains("new error: undeclared-entity"), "{:?}", contributed.said());
    let dates = [("0.1.0", "2026-02-03"), ("0.3.0", "2026-02-30"), ("0.3.0", "03.02.2026"), ("x", "2026-02-03")];
    for (version, date) in dates {
        let revision = Revision { version: version.into(), date: date.into(), initials: "ab".into() };
        let edits = [contribution(&[edit("intro", "p 3", "delete = true")])];
        let contributed = applied_to(&fixture(), &edits, Some(&revision));
        assert!(contributed.outcome.is_err(), "{version} {date}: {:?}", contributed.said());
    }
}

/// What was merged is not merged once more.
#[test]
fn an_insertion_that_is_there_already_is_refused() {
    for rest in ["insert-after = '<p>One.</p>'", "insert-before = '''<p>One.</p>\n  <p>Two.</p>'''"] {
        let edits = [edit("intro", "p 2", rest)];
        let merged = edited(&edits);
        misfit(&merged, &[contribution(&edits)], &["1.toml:6: what the edit inserts is there already, in line"]);
    }
}

/// Of several elements that say the same, the one around it tells which is meant.
#[test]
fn an_element_that_has_a_twin_is_named_with_its_parent() {
    let table = |rows: &str| format!("<table>\n    <tr><th>Role</th><th>May</th></tr>{rows}\n  </table>");
    let row = |role: &str| format!("\n    <tr><td>{role}</td><td>No</td></tr>");
    let with = |rows: &str| fixture().replace("<p>Nobody needs this paragraph.</p>", &table(rows));
    let document = with(&(row("Visitor") + &row("Guest")));
    let edit = |parent: &str| {
        let (at, own) = ("table 1 / tr 3 / td 2", hash(&document, "intro", "table 1 / tr 3 / td 2"));
        let place = format!("[[edit]]\nsection = 'intro'\nat = '{at}'\nhash = '{own}'\n");
        [contribution(&[format!("{place}{parent}replace = '<td>Yes</td>'\n")])]
    };
    let parent = hash(&document, "intro", "table 1 / tr 3");
    let said = format!("add `parent = \"{parent}\"`");
    misfit(&document, &edit(""), &["2 elements of the section have the text of", &said]);
    let named = edit(&format!("parent = '{parent}'\n"));
    let yes = "<tr><td>Guest</td><td>Yes</td></tr>";
    assert!(applied_to(&document, &named, None).outcome.unwrap().text.contains(yes));
    let longer = with(&(row("Visitor") + &row("Member") + &row("Guest")));
    let applied = applied_to(&longer, &named, None);
    assert!(applied.said()[0].contains("is in line"), "{:?}", applied.said());
    assert!(applied.outcome.unwrap().text.contains(yes));
    misfit(&with(&(row("Visitor") + &row("Moderator"))), &named, &["the element around"]);
}

/// Twins in one element are told by their numbers, for as long as that element is as it was.
#[test]
fn a_twin_beside_its_twin_is_named_with_their_parent() {
    let document = fixture().replace("<li>First</li>", "<li>Second</li>");
    let (own, parent) = (hash(&document, "intro", "ul 1 / li 2"), hash(&document, "intro", "ul 1"));
    let place = format!("[[edit]]\nsection = 'intro'\nat = 'ul 1 / li 2'\nhash = '{own}'\nparent = '{parent}'\n");
    let edits = [contribution(&[place + "replace = '<li>Third</li>'\n"])];
    let text = applied_to(&document, &edits, None).outcome.unwrap().text;
    assert!(text.contains("<li>Second</li>\n    <li>Third</li>"), "{text}");
    misfit(&document.replace("<ul>", "<ul>\n    <li>Zeroth</li>"), &edits, &["the element around"]);
}

/// A space at the start of words that are appended to a line separates them from what is there.
#[test]
fn words_that_are_appended_keep_their_space() {
    let document = fixture().replace("<p>Nobody needs this paragraph.</p>", "<p>Nobody <em>needs</em> it.</p>");
    let own = hash(&document, "intro", "p 3");
    let place = format!("[[edit]]\nsection = 'intro'\nat = 'p 3'\nhash = '{own}'\n");
    let edits = [contribution(&[place + "append = ' Or so.'\n"])];
    let text = applied_to(&document, &edits, None).outcome.unwrap().text;
    assert!(text.contains("<p>Nobody <em>needs</em> it. Or so.</p>"), "{text}");
}

/// A word is a whole one of the text: names in tags and references mean something else.
#[test]
fn a_word_is_one_of_the_text() {
    let text = "A &hop; hop, see <link url='hop.html'>hops</link>.";
    let document = fixture().replace("Nobody needs this paragraph.", text);
    let at = hash(&document, "intro", "p 3");
    let edit = |word: &str| {
        let place = format!("[[edit]]\nsection = 'intro'\nat = 'p 3'\nhash = '{at}'\n");
        [contribution(&[format!("{place}word = '{word}'\nsubstitute = 'leap'\n")])]
    };
    let applied = applied_to(&document, &edit("hop"), None).outcome.unwrap().text;
    assert!(applied.contains("A &hop; leap, see <link url='hop.html'>hops</link>."), "{applied}");
    misfit(&document, &edit("html"), &["`html` stands as a word 0 times"]);
}

#[test]
fn a_file_that_is_no_contribution_is_refused_with_its_line() {
    let good = contribution(&[edit("intro", "p 3", "delete = true")]);
    let cases = [
        (good.replace("title =", "titel ="), "1.toml:1: unknown field `titel`"),
        (
            good.replace("delete = true", "delete = true\nreplace = '<p/>'"),
            "1.toml:6: the edit says more than once what to do",
        ),
        (good.replace("delete = true", ""), "1.toml:6: the edit says nowhere what to do"),
        (good.replace("delete = true", "replace = '<p>'"), "1.toml:10: the text is not well-formed"),
        (good.replace("delete = true", "substitute = 'x'"), "it is not clear which part"),
        (good.replace("delete = true", "words = '0-2'\nsubstitute = 'x'"), "1.toml:10: `0-2` is not a range of words"),
        (good.replace("p 3", "p three"), "1.toml:8: `p three` is not a step"),
        (good.replace("hash = \"", "hash = \"x"), "1.toml:9: `x"),
        (good.replace("section = \"intro\"\nat = \"p 3\"", ""), "1.toml:6: the edit names no place"),
        (good.replace("why =", "why = ["), "1.toml:3:"),
    ];
    for (text, words) in cases {
        let memory = Memory::default().with(XEP, fixture()).with("1.toml", text.as_str());
        let failure = contribute(&memory, &["1.toml".into()], Path::new(XEP), None).unwrap_err().to_string();
        assert!(failure.contains(words) && failure.contains("help: "), "`{words}` is not in: {failure}");
    }
    let broken = Memory::default().with(XEP, b"<xep>\n\xff".as_slice()).with("empty/a.txt", "");
    let failure = |paths: &[PathBuf]| contribute(&broken, paths, Path::new(XEP), None).unwrap_err().to_string();
    assert!(failure(&[]).starts_with("xep-9999.xml:2: the file is not UTF-8"), "{}", failure(&[]));
}

fn xep(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xep")).args(arguments).current_dir(folder).output().unwrap()
}

#[test]
fn the_command_writes_all_or_nothing() {
    let folder = root().join("target/tests/contributions/command");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("all")).unwrap();
    let good = contribution(&[edit("intro", "p 3", "delete = true")]);
    std::fs::write(folder.join(XEP), fixture()).unwrap();
    std::fs::write(folder.join("all/1.toml"), &good).unwrap();
    let out = |output: &Output| String::from_utf8(output.stdout.clone()).unwrap();

    let printed = xep(&folder, &["apply", "all", "--to", XEP]);
    assert_eq!((printed.status.code(), out(&printed)), (Some(0), edited(&[edit("intro", "p 3", "delete = true")])));
    let diff = xep(&folder, &["apply", "all", "--to", XEP, "--diff"]);
    assert!(out(&diff).contains("\n-  <p>Nobody needs this paragraph.</p>\n"), "{}", out(&diff));
    let check = xep(&folder, &["apply", "all/1.toml", "--to", XEP, "--check"]);
    assert_eq!((check.status.code(), out(&check)), (Some(0), "1 edit of 1 contribution fits\n".to_owned()));
    let dated = ["apply", "all", "--to", XEP, "--revision", "0.3.0", "--date", "2026-02-03", "--initials", "ab"];
    assert!(out(&xep(&folder, &dated)).contains("<version>0.3.0</version>"));
    assert_eq!(xep(&folder, &dated[..6]).status.code(), Some(2));

    let written = ["apply", "all", "--to", XEP, "--out", "new.xml"];
    assert_eq!(xep(&folder, &written).status.code(), Some(0));
    assert_eq!(std::fs::read_to_string(folder.join("new.xml")).unwrap(), out(&printed));
    std::fs::write(folder.join("all/2.toml"), good.replace("delete = true", "replace = '<p/>'")).unwrap();
    let refused = xep(&folder, &["apply", "all", "--to", XEP, "--out", "other.xml"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("all/2.toml:6: the edit changes text"));
    assert!(!folder.join("other.xml").exists());
    assert_eq!(xep(&folder, &["apply", "all", "--to", XEP, "--check"]).status.code(), Some(1));
    assert_eq!(xep(&folder, &["apply", "nowhere.toml", "--to", XEP]).status.code(), Some(2));
}

/// The contributions to XEP-0420, in order.
fn ours() -> Vec<PathBuf> {
    let mut files = Disk.files_in(&root().join("spec/xep-sce/contributions"));
    files.sort();
    assert!(files.len() >= 10);
    files
}

/// How many findings each contribution resolves, of those in the published document. Those without a row resolve none: they change rules
/// in the text, which no check can see.
const RESOLVED: [(&str, usize); 3] = [("01-schema", 1), ("02-examples", 13), ("11-spelling", 2)];

/// How often each rule speaks about a document.
fn counts(path: &Path) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings(&checked(&Disk, &path.to_string_lossy())) {
        *counts.entry(finding.rsplit(' ').next().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

/// Applies contributions to the published XEP-0420 and writes the result beside the DTD of the series.
fn published(shared: &Path, name: &str, paths: &[PathBuf]) -> PathBuf {
    let folder = root().join("target/tests/contributions").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let corpus = shared.join("corpus");
    for file in ["xep.dtd", "xep.ent"] {
        std::fs::copy(corpus.join(file), folder.join(file)).unwrap();
    }
    let contributed = contribute(&Disk, paths, &corpus.join("xep-0420.xml"), None).unwrap();
    assert!(contributed.said().is_empty(), "{name}: {:?}", contributed.said());
    let path = folder.join("xep-0420.xml");
    std::fs::write(&path, contributed.outcome.unwrap().text).unwrap();
    path
}

/// Whether `xmllint` accepts a document under its DTD; nothing where there is no `xmllint`.
fn is_valid(path: &Path) -> Option<bool> {
    let output = Command::new("xmllint").args(["--noout", "--nonet", "--valid"]).arg(path).output().ok()?;
    if !output.status.success() {
        say(&String::from_utf8_lossy(&output.stderr));
    }
    Some(output.status.success())
}

#[test]
fn each_contribution_fits_the_published_document_and_all_resolve_every_finding() {
    let Some(shared) = shared("contributions") else { return };
    let before = counts(&published(&shared, "none", &[]));
    let total: usize = before.values().sum();
    for path in ours() {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let edited = published(&shared, &name, std::slice::from_ref(&path));
        let after = counts(&edited);
        let news: Vec<_> =
            after.iter().filter(|(rule, count)| before.get(*rule).is_none_or(|old| old < *count)).collect();
        assert!(news.is_empty(), "{name}: {news:?}");
        let resolved = RESOLVED.iter().find(|(other, _)| *other == name).map_or(0, |(_, count)| *count);
        assert_eq!(total - after.values().sum::<usize>(), resolved, "{name}");
        assert_ne!(is_valid(&edited), Some(false), "{name} is not valid under xep.dtd");
    }
    let all = published(&shared, "all", &ours());
    assert_eq!(counts(&all), BTreeMap::new());
    match is_valid(&all) {
        None => say("skipped: validity under xep.dtd: there is no xmllint"),
        valid => assert_eq!(valid, Some(true)),
    }
}

#[test]
fn payloads_are_the_envelopes_that_the_document_shows() {
    let Some(shared) = shared("contributions") else { return };
    let text = std::fs::read_to_string(published(&shared, "payloads", &ours())).unwrap();
    let text = text.replace("]]>&ns;<![CDATA[", "urn:xmpp:sce:1");
    let between = |from: &'static str, to: &'static str| {
        text.split(from).skip(1).filter_map(move |rest| rest.split_once(to)).map(|(inside, _)| inside.to_owned())
    };
    let decoded: BTreeSet<String> = between("'urn:xmpp:encryption:stub:sce:1'>", "</encrypted>")
        .map(|payload| {
            let base64: String =
                payload.replace("<payload>", "").replace("</payload>", "").split_whitespace().collect();
            String::from_utf8(base64::engine::general_purpose::STANDARD.decode(base64).unwrap()).unwrap()
        })
        .collect();
    let shown: BTreeSet<String> = between("<envelope xmlns='urn:xmpp:sce:1'>", "</envelope>")
        .map(|inside| format!("<envelope xmlns='urn:xmpp:sce:1'>{inside}</envelope>"))
        .collect();
    assert_eq!((decoded.len(), shown.len()), (5, 4));
    assert!(shown.is_subset(&decoded));
    assert!(decoded.iter().all(|envelope| envelope.starts_with("<envelope xmlns='urn:xmpp:sce:1'>")));
}

/// No sentence of the published document is in a contribution.
#[test]
fn contributions_hold_no_text_of_the_document() {
    const WORDS: usize = 8;
    let Some(shared) = shared("contributions") else { return };
    let words = |text: &str| -> Vec<String> {
        let word = |word: &str| word.chars().filter(|letter| letter.is_alphabetic()).collect::<String>().to_lowercase();
        let is_prose = |text: &&str| !text.contains(['<', '=', '/']);
        text.split_whitespace().filter(is_prose).map(word).filter(|word| !word.is_empty()).collect()
    };
    let theirs = words(&std::fs::read_to_string(shared.join("corpus/xep-0420.xml")).unwrap());
    let theirs: BTreeSet<&[String]> = theirs.windows(WORDS).collect();
    for path in ours() {
        let ours = words(&std::fs::read_to_string(&path).unwrap());
        let copied: Vec<_> = ours.windows(WORDS).filter(|run| theirs.contains(run)).collect();
        assert!(copied.is_empty(), "{}: {copied:?}", path.display());
    }
}

/// Sections are five deep at most, as the DTD of the series has them, and each is a place of its own.
#[test]
fn sections_of_every_level_are_places() {
    let open: String = (1..=5).map(|level| format!("<section{level} topic='L{level}'>")).collect();
    let close: String = (1..=5).rev().map(|level| format!("</section{level}>")).collect();
    let document = format!("<xep><header><number>9999</number></header>{open}<p>Deep.</p>{close}</xep>");
    let listed = places_of(&Memory::default().with(XEP, document.as_str()), Path::new(XEP)).unwrap();
    assert!(listed.contains("  1.1.1.1.1  p 1\n"), "{listed}");
}
