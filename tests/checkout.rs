//! A checkout as people have it: an inbox whose DTD is a link, links to documents, what git ignores, and what only looks like a document.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::root;

/// A checkout with a series of two, an inbox of two, and all that is no document in it.
fn checkout(name: &str) -> PathBuf {
    let folder = root().join("target/tests/checkout").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("inbox")).unwrap();
    std::fs::create_dir_all(folder.join("site/inbox")).unwrap();
    let write = |path: &str, text: &str| std::fs::write(folder.join(path), text).unwrap();
    write("xep.toml", "[rules]\nunusual-first-revision = \"off\"\n");
    write("xep.dtd", "");
    write(
        "xep.ent",
        "<!ENTITY xep0001 \"<span class='ref'><link url='https://xmpp.org/extensions/xep-0001.html'>First (XEP-0001)</link></span>\">\n",
    );
    symlink("../xep.dtd", folder.join("inbox/xep.dtd")).unwrap();
    symlink("../xep.ent", folder.join("inbox/xep.ent")).unwrap();
    write(".gitignore", "/site\n*.bak.xml\n");
    let schema = "<section2 topic='XML Schema' anchor='schema'><code><![CDATA[
<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:xmpp:first:0' xmlns='urn:xmpp:first:0' elementFormDefault='qualified'>
  <xs:element name='first'><xs:complexType><xs:attribute name='kind' use='required'/></xs:complexType></xs:element>
</xs:schema>]]></code></section2>";
    write("xep-0001.xml", &xep("0001", "First", "The &xep0001; itself.", schema));
    // It breaks the schema of the first, and names a requirement of it that is not there.
    let uses =
        "<example caption='Use'><![CDATA[<first xmlns='urn:xmpp:first:0' kind='a'><second/></first>]]></example>";
    let link = "See <link url='https://xmpp.org/extensions/xep-0001.html#nowhere'>it</link>.";
    write("xep-0002.xml", &xep("0002", "Second", link, uses));
    write("inbox/third.xml", &xep("xxxx", "Third", link, uses));
    write("inbox/fourth.xml", &xep("xxxx", "Fourth", "Nothing.", ""));
    write("inbox/third.bak.xml", &xep("xxxx", "Third", link, uses));
    write("site/xep-0001.xml", &xep("0001", "First", "Built before.", ""));
    write("site/inbox/third.xml", &xep("xxxx", "Third", "Built before.", ""));
    write("xeplist.xml", "<xep-infos><!-- <xep> --><xep accepted='true'/><xep ></xep></xep-infos>");
    symlink("../xep-0002.xml", folder.join("inbox/second.xml")).unwrap();
    symlink("nowhere@host.1234", folder.join("inbox/.#third.xml")).unwrap();
    folder
}

fn xep(number: &str, title: &str, text: &str, more: &str) -> String {
    let status = if number == "xxxx" { "ProtoXEP" } else { "Experimental" };
    format!(
        "<?xml version='1.0' encoding='UTF-8'?>
<?xml-stylesheet type='text/xsl' href='xep.xsl'?>
<!DOCTYPE xep SYSTEM 'xep.dtd' [<!ENTITY % ents SYSTEM 'xep.ent'>%ents;]>
<xep><header><title>{title}</title><abstract>A case.</abstract>
<legal><copyright/><permissions/><warranty/><liability/><conformance/></legal>
<number>{number}</number><status>{status}</status><type>Standards Track</type><sig>Standards</sig><approver>Council</approver>
<dependencies/><supersedes/><supersededby/><shortname>case</shortname>
<author><firstname>Ada</firstname><surname>Author</surname><email>ada@author.org</email><jid>ada@author.org</jid></author>
<revision><version>0.1</version><date>2026-09-14</date><initials>aa</initials><remark>First draft.</remark></revision>
</header><section1 topic='Introduction' anchor='intro'><p>{text}</p>{more}</section1></xep>"
    )
}

type Findings = BTreeMap<String, Vec<(String, u64, u64)>>;

/// The findings of a run in a folder by the real paths of the documents, with rule, line and column; also those without any.
fn findings(folder: &Path, here: &str, paths: &[&str]) -> Findings {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xep"));
    command.args(["check", "--no-cache", "--format", "json"]).args(paths).current_dir(folder.join(here));
    let output = command.output().unwrap();
    assert!(!output.stdout.is_empty(), "{paths:?}: {}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let real = |path: &serde_json::Value| {
        let path = folder.join(here).join(path.as_str().unwrap());
        let real = if path.is_file() { path.canonicalize().unwrap() } else { path.clone() };
        let inside = real.strip_prefix(folder.canonicalize().unwrap()).ok().map(Path::to_path_buf);
        inside.unwrap_or_else(|| path.file_name().unwrap().into()).to_string_lossy().into_owned()
    };
    let mut all = Findings::new();
    for document in report["documents"].as_array().unwrap() {
        all.insert(real(&document["path"]), Vec::new());
    }
    for finding in report["findings"].as_array().unwrap() {
        let number = |name: &str| finding["start"][name].as_u64().unwrap();
        let told = (finding["rule"].as_str().unwrap().to_owned(), number("line"), number("column"));
        all.entry(real(&finding["path"])).or_default().push(told);
    }
    all
}

#[test]
fn a_document_has_the_same_findings_however_it_is_named() {
    let folder = checkout("named");
    let all = findings(&folder, ".", &["."]);
    let names: BTreeSet<&str> = all.keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["inbox/fourth.xml", "inbox/third.xml", "xep-0001.xml", "xep-0002.xml"]));
    let rules: BTreeSet<&str> = all["inbox/third.xml"].iter().map(|(rule, ..)| rule.as_str()).collect();
    assert!(rules.len() > 1 && rules.contains("dead-link"), "{all:#?}");
    assert_eq!(all["inbox/third.xml"].len(), all["xep-0002.xml"].len(), "{all:#?}");
    let runs: [(&str, &[&str]); 9] = [
        (".", &["inbox"]),
        (".", &["inbox/third.xml"]),
        (".", &["inbox/third.xml", "xep-0001.xml"]),
        (".", &["xep-0002.xml"]),
        (".", &["xep-0001.xml", "inbox/fourth.xml", "inbox"]),
        ("inbox", &["third.xml"]),
        ("inbox", &["."]),
        ("inbox", &[".."]),
        ("inbox", &["second.xml"]),
    ];
    for (here, paths) in runs {
        let some = findings(&folder, here, paths);
        assert!(!some.is_empty());
        for (path, told) in some {
            assert_eq!(told, all[&path], "{path} in {paths:?} from `{here}`");
        }
    }
}

#[test]
fn a_link_that_leads_out_is_reported_and_not_read() {
    let folder = checkout("out");
    let outside = folder.with_extension("outside.xml");
    std::fs::write(&outside, xep("0009", "Outside", "Nothing.", "")).unwrap();
    symlink(&outside, folder.join("xep-0009.xml")).unwrap();
    symlink("gone.xml", folder.join("xep-0008.xml")).unwrap();
    let all = findings(&folder, ".", &["."]);
    let not_read = vec![("not-a-xep".to_owned(), 1, 1)];
    assert_eq!(all["xep-0009.xml"], not_read, "{all:#?}");
    assert_eq!(all["xep-0008.xml"], not_read);
    // Every link is reported, and what is named is read all the same.
    symlink(&outside, folder.join("xep-0010.xml")).unwrap();
    let both = findings(&folder, ".", &[".", "xep-0010.xml"]);
    assert_eq!(both["xep-0009.xml"], vec![("not-a-xep".to_owned(), 1, 1)]);
    assert!(
        both.iter().any(|(path, told)| path.ends_with("outside.xml") || path == "xep-0010.xml" && told.is_empty()),
        "{both:#?}"
    );
    // Who names it means it.
    let mut command = Command::new(env!("CARGO_BIN_EXE_xep"));
    let output = command.args(["check", "--no-cache", "xep-0009.xml"]).current_dir(&folder).output().unwrap();
    assert!(!String::from_utf8_lossy(&output.stdout).contains("not-a-xep"));
}

#[test]
fn what_git_ignores_is_checked_where_it_is_named() {
    let folder = checkout("ignored");
    for (path, expected) in [("site", 2), ("site/xep-0001.xml", 1), ("inbox/third.bak.xml", 1)] {
        assert_eq!(findings(&folder, ".", &[path]).len(), expected, "{path}");
    }
}

#[test]
fn a_file_that_was_named_and_is_no_document_is_none_of_its_folder() {
    let folder = checkout("cached");
    std::fs::write(folder.join("build.xml"), "<project/>").unwrap();
    let hour_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    std::fs::File::options().append(true).open(folder.join("build.xml")).unwrap().set_modified(hour_ago).unwrap();
    let run = |path: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xep"));
        command.args(["check", "--format", "concise", "--cache-dir", "../cached.cache", path]).current_dir(&folder);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    std::thread::sleep(std::time::Duration::from_secs(3));
    let before = run(".");
    assert!(run("build.xml").contains("not-a-xep"));
    assert_eq!(run("."), before);
}

#[test]
fn an_inbox_that_is_a_link_out_of_the_root_is_no_part_of_it() {
    let folder = checkout("inbox-link");
    let outside = folder.with_extension("outside");
    let _ = std::fs::remove_dir_all(&outside);
    std::fs::rename(folder.join("inbox"), &outside).unwrap();
    let alone = findings(&folder, ".", &["xep-0001.xml"]);
    symlink(&outside, folder.join("inbox")).unwrap();
    std::fs::write(outside.join("xep-0002.xml"), "<xep>").unwrap();
    assert_eq!(findings(&folder, ".", &["xep-0001.xml"]), alone);
}
