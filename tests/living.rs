//! Living with findings: what `xep.toml` says, what is off by default, what was found before, what a change touches, and what
//! the program mends by itself.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::PathBuf;
use std::process::{Command, Output};
use support::root;

/// A folder with a workspace of its own.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let folder = root().join("target/tests/living").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let place = Place(folder);
        place.write("xep.toml", "");
        place
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn xep(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xep"));
        command.args(words).args(["--cache-dir", "cache"]).current_dir(&self.0).output().unwrap()
    }

    /// Runs `xep check --format concise`; answers the exit code, and the findings as `line rule`.
    fn check(&self, words: &[&str]) -> (Option<i32>, Vec<String>) {
        let output = self.xep(&[&["check", "--format", "concise"], words].concat());
        (output.status.code(), text(&output.stdout).lines().filter_map(line_and_rule).collect())
    }

    fn git(&self, words: &[&str]) {
        let who = ["-c", "user.name=a", "-c", "user.email=a@a.example", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").args(who).args(words).current_dir(&self.0).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// `path:line:column: severity[rule]: message` as `line rule`.
fn line_and_rule(line: &str) -> Option<String> {
    let (place, rest) = line.split_once(": ")?;
    let number = place.split(':').nth(1)?;
    let rule = rest.split_once('[')?.1.split_once(']')?.0;
    Some(format!("{number} {rule}"))
}

/// A XEP about whose header nothing is to be said. Its body begins in line 12.
fn xep(body: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?>
<?xml-stylesheet type='text/xsl' href='xep.xsl'?>
<xep><header><title>Case</title><abstract>A case.</abstract>
<legal><copyright/><permissions/><warranty/><liability/><conformance/></legal>
<number>0001</number><status>Experimental</status><type>Standards Track</type><sig>Standards</sig>
<approver>Council</approver><dependencies/><supersedes/><supersededby/><shortname>case</shortname>
<author><firstname>Ada</firstname><surname>Author</surname></author>
<revision><version>0.1</version><date>2026-09-14</date><initials>aa</initials><remark>First draft.</remark></revision>
</header>
<section1 topic='Case' anchor='case'>
<p>Text.</p>
{body}
</section1></xep>
"
    )
}

/// An example with what is in it.
fn example(text: &str) -> String {
    format!("<example caption='A case'><![CDATA[\n{text}\n]]></example>")
}

/// A stanza whose type is none: one error, in the line behind the one where the example begins.
const WRONG_TYPE: &str = "<iq type='ask' id='a' to='romeo@montague.example'><ping xmlns='urn:xmpp:ping'/></iq>";

/// A garden whose schema asks for another order.
const GARDEN: &str = "<example caption='The rose comes first'><![CDATA[
<garden xmlns='urn:example:garden'><rose/><gate/></garden>
]]></example><code><![CDATA[
<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:example:garden' elementFormDefault='qualified'>
<xs:element name='garden'><xs:complexType><xs:sequence>
<xs:element name='gate' type='xs:string'/><xs:element name='rose' type='xs:string'/>
</xs:sequence></xs:complexType></xs:element></xs:schema>
]]></code>";

#[test]
fn rules_are_switched_off_and_their_severity_is_what_is_wanted() {
    let place = Place::new("rules");
    place.write("xep-0001.xml", &xep(&example(WRONG_TYPE)));
    let severity = |words: &[&str]| {
        let output = place.xep(&[&["check", "--format", "concise", "."], words].concat());
        let said = text(&output.stdout);
        (output.status.code(), said.split_once(": ").map_or("", |(_, rest)| rest.split('[').next().unwrap()).to_owned())
    };
    assert_eq!(severity(&[]), (Some(1), "error".into()));
    place.write("xep.toml", "[rules]\nwrong-stanza-type = 'info'\n");
    assert_eq!(severity(&[]), (Some(1), "info".into()), "the cache knows the configuration");
    assert_eq!(severity(&["--fail-on", "warning"]).0, Some(0));
    assert_eq!(severity(&["--fail-on", "info"]).0, Some(1));
    place.write("xep.toml", "[rules]\nwrong-stanza-type = 'off'\n");
    assert_eq!(place.check(&["."]), (Some(0), vec![]));
    place.write("xep.toml", "[[override]]\npaths = ['inbox']\nrules = { wrong-stanza-type = 'off' }\n");
    assert_eq!(severity(&[]).0, Some(1), "an override holds for its paths alone");
    place.write("xep.toml", "rules = { wrong-stanza-type = 'off' }\nexclude = ['*.xml']\n");
    assert_eq!(place.xep(&["check", "."]).status.code(), Some(2), "nothing is left");
    assert_eq!(place.check(&["xep-0001.xml"]).0, Some(0), "what is named is checked");
}

#[test]
fn what_is_allowed_of_a_rule_that_is_off_is_no_trouble() {
    let place = Place::new("allow");
    let allowed =
        |rule: &str| format!("<?allow rule='{rule}' because='a case'?>\n{}", example("<iq type='get' id='a'/>"));
    place.write("xep-0001.xml", &xep(&allowed("invalid-time")));
    assert!(place.check(&["."]).1.iter().any(|found| found.ends_with("unneeded-allow")));
    place.write("xep.toml", "rules = { invalid-time = 'off' }");
    assert!(!place.check(&["."]).1.iter().any(|found| found.ends_with("unneeded-allow")));
    place.write("xep-0001.xml", &xep(&allowed("imprecise-example")));
    assert!(!place.check(&["."]).1.iter().any(|found| found.ends_with("unneeded-allow")), "it is off by default");
    assert!(place.check(&[".", "--pedantic"]).1.iter().any(|found| found.ends_with("unneeded-allow")));
}

#[test]
fn what_nobody_understands_in_the_configuration_stops_the_run() {
    let place = Place::new("faulty");
    place.write("xep-0001.xml", &xep(""));
    place.write("xep.toml", "\n[rules]\nwrong-stanza-tipe = 'off'\n");
    for command in ["check", "build"] {
        let output = place.xep(&[command, "xep-0001.xml"]);
        assert_eq!(output.status.code(), Some(2));
        let said = text(&output.stderr);
        assert!(said.contains("`xep.toml`, line 3: there is no rule `wrong-stanza-tipe`"), "{said}");
        assert!(said.contains("did you mean `wrong-stanza-type`?"), "{said}");
    }
    // Nothing above the root is read.
    place.write("inner/xep.toml", "");
    place.write("inner/xep-0001.xml", &xep(""));
    assert_eq!(place.check(&["inner"]).0, Some(0));
}

#[test]
fn what_is_off_by_default_can_be_switched_on() {
    let place = Place::new("pedantic");
    place.write("xep-0001.xml", &xep(GARDEN));
    assert_eq!(place.check(&["."]), (Some(0), vec![]));
    let pedantic = (Some(1), vec!["13 imprecise-example".to_owned()]);
    assert_eq!(place.check(&[".", "--pedantic"]), pedantic);
    assert_eq!(place.check(&["."]), (Some(0), vec![]), "the cache knows the difference");
    place.write("xep.toml", "pedantic = true");
    assert_eq!(place.check(&["."]), pedantic);
    assert_eq!(place.xep(&["build", ".", "--out", "target/site"]).status.code(), Some(1));
    place.write("xep.toml", "rules = { imprecise-example = 'error' }");
    assert_eq!(place.check(&["."]), pedantic, "to name it is to want it");
    place.write("xep.toml", "rules = { imprecise-example = 'off' }");
    assert_eq!(place.check(&[".", "--pedantic"]), (Some(0), vec![]));
    let explained =
        text(&Command::new(env!("CARGO_BIN_EXE_xep")).args(["explain", "imprecise-example"]).output().unwrap().stdout);
    assert!(explained.ends_with("Off by default; `info` with `--pedantic`.\n"), "{explained}");
}

#[test]
fn profiles_of_the_configuration_hold_where_nobody_says_otherwise() {
    let draft = support::draft();
    let path = "spec/xep-sce/draft.md";
    let header = support::text(&draft, path).lines().find(|line| line.starts_with("profiles:")).unwrap().to_owned();
    let trips = |world: &xep::workspace::Memory| {
        let report = support::checked(world, "spec").report();
        let trips = report.documents.iter().flat_map(|one| &one.examples).flat_map(|example| &example.round_trips);
        trips.map(|trip| trip.profile.clone()).collect::<Vec<_>>()
    };
    // The other documents of the folder name profiles of their own.
    let others = ["spec/xep-sce/xep-sce-openpgp.md", "spec/xep-sce/xep-sce-notes.md"];
    let draft = others.into_iter().fold(draft, |world, other| world.with(other, "Not one any more."));
    let silent = support::changed(&draft, path, &format!("{header}\n"), "");
    let one = trips(&silent.clone().with("xep.toml", "profiles = ['stub']"));
    assert!(one.iter().any(|profile| profile == "stub") && one.len() < trips(&draft).len(), "{one:?}");
    assert!(!one.iter().any(|profile| profile == "ox"), "{one:?}");
    assert_eq!(
        trips(&draft.clone().with("xep.toml", "profiles = ['stub']")),
        trips(&draft),
        "the header says otherwise"
    );
}

#[test]
fn a_baseline_keeps_quiet_about_what_was_there() {
    let place = Place::new("baseline");
    place.write("xep-0001.xml", &xep(&example(WRONG_TYPE)));
    let written = place.xep(&["check", ".", "--write-baseline", "known.txt"]);
    assert_eq!((written.status.code(), text(&written.stdout)), (Some(0), String::new()));
    assert_eq!(text(&written.stderr), "1 finding written to known.txt\n");
    let baseline = place.read("known.txt");
    assert!(
        baseline.starts_with("# xep baseline 1\n") && baseline.contains("\nxep-0001.xml\twrong-stanza-type\t1\t"),
        "{baseline}"
    );
    assert_eq!(place.check(&[".", "--baseline", "known.txt"]), (Some(0), vec![]));
    assert_eq!(place.check(&["../baseline/xep-0001.xml", "--baseline", "known.txt"]).0, Some(0), "by any path");

    // What moved is known, what was added is new.
    place.write("xep-0001.xml", &xep(&format!("<p>More.</p>\n<p>More.</p>\n{0}\n{0}", example(WRONG_TYPE))));
    let again = place.check(&[".", "--baseline", "known.txt"]);
    assert_eq!(again, (Some(1), vec!["18 wrong-stanza-type".to_owned()]));

    place.write("xep-0001.xml", &xep(""));
    let clean = place.xep(&["check", ".", "--baseline", "known.txt"]);
    assert_eq!(clean.status.code(), Some(0));
    assert!(text(&clean.stderr).contains("1 finding of the baseline no longer there"), "{}", text(&clean.stderr));
    place.write("other/xep-0002.xml", &xep("").replace("0001", "0002"));
    place.write("xep-0001.xml", &xep(&example(WRONG_TYPE)));
    let elsewhere = place.xep(&["check", "other", "--baseline", "known.txt"]);
    assert!(!text(&elsewhere.stderr).contains("no longer"), "what was not checked is not known to be gone");

    place.write("known.txt", "no baseline");
    let broken = place.xep(&["check", ".", "--baseline", "known.txt"]);
    assert_eq!(broken.status.code(), Some(2));
    assert!(text(&broken.stderr).contains("the baseline `known.txt` cannot be read: it is no baseline"));
    assert_eq!(place.xep(&["check", ".", "--baseline", "none.txt"]).status.code(), Some(2));
}

#[test]
fn only_what_a_change_touches_is_told() {
    let place = Place::new("since");
    let two = |first: &str, second: &str| xep(&format!("{}\n{}", example(first), example(second)));
    place.write("xep-0001.xml", &two(WRONG_TYPE, WRONG_TYPE));
    place.write(".gitignore", "cache\n");
    place.git(&["init", "-q"]);
    place.git(&["add", "."]);
    place.git(&["commit", "-qm", "one"]);
    let since = |revision: &str| place.check(&[".", "--since", revision]);
    assert_eq!(since("HEAD"), (Some(0), vec![]));
    let changed = WRONG_TYPE.replace("'a'", "'b'");
    place.write("xep-0001.xml", &two(WRONG_TYPE, &changed));
    assert_eq!(since("HEAD"), (Some(1), vec!["16 wrong-stanza-type".to_owned()]), "not committed");
    place.git(&["commit", "-qam", "two"]);
    assert_eq!(since("HEAD"), (Some(0), vec![]));
    assert_eq!(since("HEAD~1"), (Some(1), vec!["16 wrong-stanza-type".to_owned()]));
    // Lines above it move what is known.
    place.write("xep-0001.xml", &two(WRONG_TYPE, &changed).replace("<p>Text.</p>", "<p>Text.</p>\n<p>More.</p>"));
    assert_eq!(since("HEAD"), (Some(0), vec![]));
    place.write("inbox/new one.xml", &xep(&example(WRONG_TYPE)).replace("0001", "XXXX"));
    let new = since("HEAD");
    assert!(new.0 == Some(1) && new.1.contains(&"13 wrong-stanza-type".to_owned()), "{new:?}");
}

#[test]
fn a_revision_that_nobody_knows_stops_the_run() {
    let place = Place::new("revisions");
    place.write("xep-0001.xml", &xep(""));
    let since = |revision: &str| {
        let output = place.xep(&["check", ".", "--since", revision]);
        (output.status.code(), text(&output.stderr))
    };
    place.git(&["init", "-q"]);
    place.git(&["add", "xep.toml"]);
    place.git(&["commit", "-qm", "one"]);
    for revision in ["nowhere", "--output=stolen", "-h", "", "HEAD..HEAD", "HEAD:xep.toml"] {
        let (code, said) = since(revision);
        assert_eq!(code, Some(2), "{revision}: {said}");
        assert!(said.contains(&format!("`{revision}` is no revision")), "{said}");
    }
    assert!(!place.0.join("stolen").exists());
    let alone = Command::new(env!("CARGO_BIN_EXE_xep"))
        .args(["check", ".", "--since", "HEAD", "--no-cache"])
        .current_dir(&place.0)
        .env("PATH", "")
        .output()
        .unwrap();
    assert_eq!(alone.status.code(), Some(2));
    assert!(text(&alone.stderr).contains("there is no `git` here"), "{}", text(&alone.stderr));
    let outside = std::env::temp_dir().join(format!("xep-outside-{}", std::process::id()));
    std::fs::create_dir_all(&outside).unwrap();
    std::fs::write(outside.join("xep-0001.xml"), xep("")).unwrap();
    let path = outside.display().to_string();
    let output = place.xep(&["check", &path, "--since", "HEAD"]);
    std::fs::remove_dir_all(&outside).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("not a git repository"), "{}", text(&output.stderr));
}

/// A XEP with a slip of each sort that is mended.
fn slips() -> String {
    let cid = "sha1+8c3162bf88727954d531619aa002cdffb8e3ff23@bob.xmpp.org";
    let message =
        "<message from='kingrichard@royalty.england.example' to='henry@lancaster.example'><body>One.</body></message>";
    let examples = [
        "<message from='romeo@montague.example' to='juliet@capulet.example'>\n  <body>Good morrow.</bdoy>\n</message>"
            .to_owned(),
        format!("<message to='juliet@capulet.example'><x cid='{cid}' xmlns='urn:example:x'/></message>"),
        format!("<data xmlns='urn:xmpp:bob'\n      cid='{cid}'\n      type='text/plain'>cm9zZQ==</data>"),
        message.to_owned(),
        message.to_owned(),
        message.replacen("kingrichard", "kingrichrd", 1),
        "<message to='juliet@capulet.example'><subject>One<subject/></message>".to_owned(),
        "<iq type='error' id='a1' from='a@a.example' to='b@b.example'><error type='cancel'>\n\
         <service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanza'/></error></iq>"
            .to_owned(),
    ];
    let body = examples.iter().map(|text| example(text)).collect::<Vec<_>>().join("\n");
    xep(&body).replace("<p>Text.</p>", "<p>Text,\tand &#x201c;more&#x201d;.</p>")
}

#[test]
fn slips_are_mended_where_they_stand() {
    let place = Place::new("fix");
    let before = slips();
    place.write("xep-0001.xml", &before);
    let shown = place.xep(&["check", ".", "--fix", "--diff"]);
    assert_eq!(shown.status.code(), Some(1));
    assert_eq!(place.read("xep-0001.xml"), before, "to show is not to write");
    let difference = text(&shown.stdout);
    assert!(difference.contains("-  <body>Good morrow.</bdoy>\n+  <body>Good morrow.</body>\n"), "{difference}");
    assert!(text(&shown.stderr).contains("5 findings can be fixed in 1 file"), "{}", text(&shown.stderr));

    let fixed = place.xep(&["check", ".", "--fix", "--format", "concise"]);
    assert!(text(&fixed.stderr).contains("5 findings fixed in 1 file"), "{}", text(&fixed.stderr));
    let expected = before
        .replace("</bdoy>", "</body>")
        .replace("<subject/>", "</subject>")
        .replace("8c3162bf88727954d531619aa002cdffb8e3ff23", "7b7074fca36fc89fb3f1e3c46d74f6ffe2477a09")
        .replace("kingrichrd", "kingrichard")
        .replace("xmpp-stanza'", "xmpp-stanzas'");
    assert_eq!(place.read("xep-0001.xml"), expected);
    assert_eq!(
        place.check(&["."]),
        (fixed.status.code(), text(&fixed.stdout).lines().filter_map(line_and_rule).collect())
    );
    let again = place.xep(&["check", ".", "--fix", "--diff"]);
    assert_eq!((again.status.code(), text(&again.stdout)), (Some(0), String::new()));
}

#[test]
fn what_an_entity_stands_for_is_not_written_over() {
    let place = Place::new("splices");
    let splice = "<example caption='A case'><![CDATA[\n<message to='a@a.example'><body>]]>&word;<![CDATA[</bdoy></message>\n]]></example>\n\
                  <example caption='A case'>&lt;iq type='error' id='a'>&lt;error type='cancel'>&lt;gone xmlns='&ns;'/>&lt;/error>&lt;/iq></example>";
    let entities = "<!DOCTYPE xep SYSTEM 'xep.dtd' [\n<!ENTITY word 'Hello'>\n<!ENTITY ns 'urn:ietf:params:xml:ns:xmpp-stanza'>\n]>\n<xep>";
    let before = xep(splice).replace("<xep>", entities);
    place.write("xep-0001.xml", &before);
    place.xep(&["check", ".", "--fix"]);
    assert_eq!(place.read("xep-0001.xml"), before.replace("</bdoy>", "</body>"), "the namespace stands in an entity");
    assert!(place.check(&["."]).1.iter().any(|found| found.ends_with("unknown-namespace")));
}

#[test]
fn what_is_right_elsewhere_is_not_mended() {
    let place = Place::new("right");
    // The start tag is the one with the slip.
    let body = format!(
        "{}\n{}",
        example("<iq type='get' id='a'><quary xmlns='urn:example:q'></query></iq>"),
        example("<query xmlns='urn:example:q'/>")
    );
    let before = xep(&body);
    place.write("xep-0001.xml", &before);
    let output = place.xep(&["check", ".", "--fix"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(place.read("xep-0001.xml"), before);
    assert!(text(&output.stderr).contains("nothing can be fixed safely"));

    // The same slip twice is one, if what is meant is written elsewhere.
    let slip = "<iq type='get' id='a'><query xmlns='urn:example:q'></qurey></iq>";
    let twice = format!("{}\n{}", example(slip), example(slip));
    let three = format!("{twice}\n{}", example("<query xmlns='urn:example:q'/>"));
    place.write("xep-0001.xml", &xep(&twice));
    place.xep(&["check", ".", "--fix"]);
    assert_eq!(place.read("xep-0001.xml"), xep(&twice));
    place.write("xep-0001.xml", &xep(&three));
    place.xep(&["check", ".", "--fix"]);
    assert_eq!(place.read("xep-0001.xml"), xep(&three).replace("qurey", "query"));
}

#[test]
fn what_is_wrong_on_purpose_is_not_mended() {
    let place = Place::new("purpose");
    let wrong = format!(
        "<?example kind='counter-example'?>\n{}",
        example("<message to='a@a.example'><body>Hi</bdoy></message>")
    );
    place.write("xep-0001.xml", &xep(&wrong));
    let output = place.xep(&["check", ".", "--fix"]);
    assert!(text(&output.stderr).contains("nothing can be fixed safely"), "{}", text(&output.stdout));
    assert_eq!(place.read("xep-0001.xml"), xep(&wrong));
    for words in [["--fix", "--diff", "--format", "json"], ["--write-baseline", "a", "--since", "HEAD"]] {
        assert_eq!(place.xep(&[&["check", "."], words.as_slice()].concat()).status.code(), Some(2), "{words:?}");
    }
    assert_eq!(place.xep(&["check", ".", "--diff"]).status.code(), Some(2));
}

#[test]
fn an_answer_that_goes_astray_by_a_letter_is_mended() {
    let place = Place::new("astray");
    let request = "<iq type='get' id='a1' from='romeo@montague.example/orchard' to='capulet.example'><ping xmlns='urn:xmpp:ping'/></iq>";
    let answer = |to: &str, from: &str| format!("<iq type='result' id='a1' from='{from}' to='{to}'/>");
    let mended = |text: &str| {
        place.write("xep-0001.xml", &xep(text));
        place.xep(&["check", ".", "--fix"]);
        place.read("xep-0001.xml")
    };
    let other = example("<message to='romeo@montague.example'><body>Hi</body></message>");
    let both = |answer: &str| format!("{}\n{}\n{other}", example(request), example(answer));
    let right = xep(&both(&answer("romeo@montague.example/orchard", "capulet.example")));
    assert_eq!(mended(&both(&answer("romeo@montage.example/orchard", "capulet.example"))), right);
    // Another resource or another name: somebody has to look.
    for (to, from) in
        [("romeo@montage.example/garden", "capulet.example"), ("juliet@montague.example/orchard", "capulet.example")]
    {
        let wrong = both(&answer(to, from));
        assert_eq!(mended(&wrong), xep(&wrong));
    }
}
