//! The cases in the documentation of the rules.

use super::{FOLDER, HEADER, checked, checked_pedantically, companions};
use std::collections::BTreeSet;
use std::ops::Range;
use xep::finding::Finding;
use xep::rule::{RULES, Rule};
use xep::source::Sources;
use xep::workspace::{Memory, Snapshot};

/// The headings of every rule's documentation, in order.
const HEADINGS: [&str; 5] = ["## What it does", "## Why it matters", "## Wrong", "## Right", "## Source"];

/// A code block of the documentation.
#[derive(Debug)]
struct Case {
    /// What stands behind the marks of its fence.
    info: String,
    /// What stands between them.
    body: String,
}

/// The document that a case stands in.
struct Scene {
    world: Memory,
    document: &'static str,
    /// The file that holds the case, and where in it.
    file: String,
    place: Range<usize>,
}

/// The name of the field of a header that begins on a line.
fn field(line: &str) -> Option<&str> {
    let is_inside = line.starts_with([' ', '-']) && line != "---";
    (!is_inside).then(|| line.split(':').next().unwrap_or(line))
}

/// The lines under a heading.
fn part<'a>(documentation: &'a str, heading: &str) -> Vec<&'a str> {
    let mut marks = "";
    let mut lines = documentation.lines().skip_while(|line| *line != heading).skip(1).collect::<Vec<_>>();
    let end = lines.iter().position(|line| {
        match (marks, fence(line)) {
            ("", Some(found)) => marks = found,
            (open, Some(found)) if open == found && line.trim() == open => marks = "",
            _ => {}
        }
        marks.is_empty() && line.starts_with("## ")
    });
    lines.truncate(end.unwrap_or(lines.len()));
    lines
}

/// The marks with which a line opens or closes a fence.
fn fence(line: &str) -> Option<&str> {
    let length = line.len() - line.trim_start_matches('`').len();
    (length >= 3).then(|| &line[..length])
}

fn cases(documentation: &str, heading: &str) -> Vec<Case> {
    let (mut cases, mut open): (Vec<Case>, Option<(&str, Case)>) = (Vec::new(), None);
    for line in part(documentation, heading) {
        match open.take() {
            Some((marks, case)) if line == marks => cases.push(case),
            Some((marks, mut case)) => {
                case.body.push_str(line);
                case.body.push('\n');
                open = Some((marks, case));
            }
            None => {
                open = fence(line)
                    .map(|marks| (marks, Case { info: line[marks.len()..].trim().into(), body: String::new() }));
            }
        }
    }
    assert!(open.is_none(), "a fence is never closed");
    cases
}

impl Case {
    /// The word that says what the block is, and what else is said.
    fn info(&self) -> (&str, &str) {
        self.info.split_once(' ').unwrap_or((&self.info, ""))
    }

    fn scene(&self) -> Scene {
        let (kind, rest) = self.info();
        let minimal = format!("{HEADER}# Case {{#case}}\n\nNothing is shown.\n");
        match kind {
            "xml" => {
                let fence = format!("```{{.xml .example #ex-case caption=\"A case\" {rest}}}\n{}```\n", self.body);
                self.in_draft(&format!("{HEADER}# Case {{#case}}\n\n"), &fence)
            }
            "markdown" => self.in_draft(HEADER, &self.body),
            "document" if self.body.starts_with('<') => alone("draft.xml", &self.whole_document()),
            "document" => self.in_draft("", &self.body),
            "yaml" => self.in_header(),
            "toml" => self.beside(&minimal, rest.strip_prefix("file=").expect("a table says `file=...`")),
            "xsd" => self.beside(&minimal, "schema.xsd"),
            other => panic!("`{other}` is no kind of a case"),
        }
    }

    /// A document with all that no case wants to speak of. One that begins with more than its root speaks for itself.
    fn whole_document(&self) -> String {
        let prologue = if self.body.starts_with("<xep>") { STYLESHEET } else { "" };
        format!("{prologue}{}", self.body.replace(TITLE_ALONE, XML_HEADER))
    }

    fn in_draft(&self, before: &str, text: &str) -> Scene {
        let file = format!("{FOLDER}/draft.md");
        let world = companions().with(&file, format!("{before}{text}"));
        Scene { world, document: "draft.md", file, place: before.len()..before.len() + text.len() }
    }

    /// Fields that take the place of those of that name, or are added.
    fn in_header(&self) -> Scene {
        let own: Vec<&str> = self.body.lines().filter_map(field).collect();
        let mut replaced = false;
        let mut header = String::new();
        let lines = HEADER.trim_end().trim_end_matches("---").lines();
        for line in lines {
            replaced = field(line).map_or(replaced, |name| own.contains(&name));
            if !replaced {
                header.push_str(line);
                header.push('\n');
            }
        }
        let body = "---\n\n# Case {#case}\n\nNothing is shown.\n";
        let file = format!("{FOLDER}/draft.md");
        let place = header.len()..header.len() + self.body.len();
        let world = companions().with(&file, format!("{header}{}{body}", self.body));
        Scene { world, document: "draft.md", file, place }
    }

    fn beside(&self, draft: &str, name: &str) -> Scene {
        let file = format!("{FOLDER}/{name}");
        let world = companions().with(&format!("{FOLDER}/draft.md"), draft).with(&file, self.body.as_str());
        Scene { world, document: "draft.md", file, place: 0..self.body.len() }
    }
}

/// The line that names the stylesheet.
const STYLESHEET: &str = "<?xml-stylesheet type='text/xsl' href='xep.xsl'?>\n";

/// A header that stands for one about which nothing is to be said.
const TITLE_ALONE: &str = "<header><title>A Case</title></header>";

/// That header.
const XML_HEADER: &str = "\
<header><title>A Case</title><abstract>A document with one example.</abstract>
<legal><copyright/><permissions/><warranty/><liability/><conformance/></legal>
<number>XXXX</number><status>ProtoXEP</status><type>Standards Track</type><sig>Standards</sig><approver>Council</approver>
<dependencies/><supersedes/><supersededby/><shortname>case</shortname>
<author><firstname>Ada</firstname><surname>Author</surname></author>
<revision><version>0.0.1</version><date>2026-09-14</date><initials>aa</initials><remark>First draft.</remark></revision>
</header>";

/// A XEP as it lies in a checkout with many others: nothing of ours lies beside it.
fn alone(document: &'static str, text: &str) -> Scene {
    let file = format!("{FOLDER}/{document}");
    Scene { world: Memory::default().with(&file, text), document, file, place: 0..text.len() }
}

fn findings(checked: &Snapshot) -> &[Finding] {
    checked.examined().next().map_or(&[], |(_, examined)| &examined.findings)
}

fn told(sources: &Sources, findings: &[&Finding]) -> String {
    let line = |finding: &&Finding| {
        let at = sources.get(finding.span.file).position(finding.span.start);
        format!("  {}:{}: {}: {}\n", at.line, at.column, finding.rule, finding.message)
    };
    findings.iter().map(line).collect()
}

/// The document of a case, checked so that the rule speaks.
fn checked_for(rule: &Rule, scene: &Scene) -> Snapshot {
    if rule.is_for_inbox() {
        // This one alone: a case says nothing about the others.
        let severity = rule.severity.name();
        let asking = format!("rules = {{ {} = \"{severity}\" }}", rule.name);
        return checked(&scene.world.clone().with("xep.toml", asking), scene.document);
    }
    match rule.is_pedantic() {
        true => checked_pedantically(&scene.world, scene.document),
        false => checked(&scene.world, scene.document),
    }
}

/// What is untrue about the wrong cases of a rule.
fn wrong_cases(rule: &Rule, case: &Case) -> Option<String> {
    let scene = case.scene();
    let checked = checked_for(rule, &scene);
    let all: Vec<&Finding> = findings(&checked).iter().collect();
    let Some(own) = all.iter().find(|finding| finding.rule == rule.name) else {
        return Some(format!("it does not find\n{}but only\n{}", case.body, told(&checked.sources, &all)));
    };
    let is_inside = checked.sources.get(own.span.file).path() == scene.file
        && scene.place.start <= own.span.start
        && own.span.end <= scene.place.end;
    (!is_inside).then(|| format!("it points outside of\n{}with\n{}", case.body, told(&checked.sources, &all)))
}

/// Right cases are right in every respect; only what was sealed in this very run is not yet committed.
fn right_cases(rule: &Rule, case: &Case) -> Option<String> {
    let scene = case.scene();
    let checked = checked_for(rule, &scene);
    let all: Vec<&Finding> = findings(&checked).iter().filter(|finding| !is_never_sealed(finding)).collect();
    (!all.is_empty()).then(|| format!("in\n{}is found\n{}", case.body, told(&checked.sources, &all)))
}

fn is_never_sealed(finding: &Finding) -> bool {
    finding.rule == "stale-example" && finding.message.contains("never sealed")
}

/// Holds all cases under a heading.
fn hold(heading: &str, complaint: fn(&Rule, &Case) -> Option<String>) {
    let mut complaints = Vec::new();
    for rule in RULES {
        let cases = cases(&rule.documentation(), heading);
        if cases.is_empty() {
            complaints.push(format!("{}: no case under `{heading}`", rule.name));
        }
        complaints
            .extend(cases.iter().filter_map(|case| complaint(rule, case)).map(|text| format!("{}: {text}", rule.name)));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn what_is_wrong_is_found_where_it_stands() {
    hold("## Wrong", wrong_cases);
}

#[test]
fn what_is_right_is_not_found() {
    hold("## Right", right_cases);
}

#[test]
fn documentation_has_its_form() {
    for rule in RULES {
        let documentation = rule.documentation();
        let headings: Vec<&str> = documentation.lines().filter(|line| line.starts_with("## ")).collect();
        let own: Vec<&str> = headings.iter().copied().filter(|line| HEADINGS.contains(line)).collect();
        assert_eq!(own, HEADINGS, "{}", rule.name);
        let mut lines = documentation.lines();
        assert_eq!(lines.next(), Some(format!("# {}", rule.name).as_str()));
        let summary = rule.summary();
        assert!(summary.ends_with('.') && !summary.contains("TODO"), "{}: {summary}", rule.name);
        assert_eq!(documentation.lines().nth(2), Some(summary.as_str()), "{}", rule.name);
        assert!(
            part(&documentation, "## Source").iter().any(|line| line.contains("https://") || line.contains("req-")),
            "{}",
            rule.name
        );
    }
}

#[test]
fn requirements_that_are_named_exist() {
    let documents = [
        ("draft.md#", include_str!("../../spec/xep-sce/draft.md")),
        ("xep-sce-openpgp.md#", include_str!("../../spec/xep-sce/xep-sce-openpgp.md")),
    ];
    for (name, text) in documents {
        let anchors: BTreeSet<&str> = text.split("{#").skip(1).filter_map(|rest| rest.split('}').next()).collect();
        for rule in RULES {
            for link in rule.documentation().split(name).skip(1) {
                let anchor = link.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or("");
                assert!(anchors.contains(anchor), "{}: `{name}` has no `{anchor}`", rule.name);
            }
        }
    }
}

/// Every rule that some room speaks for is in the list, with its documentation.
#[test]
fn every_rule_that_is_told_is_a_rule() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in xep::workspace::World::files_below(&xep::workspace::Disk, &folder).unwrap() {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let code = text.split("#[cfg(test)]").next().unwrap_or("");
        for after in code.split("Finding::new(\"").skip(1) {
            let name = after.split('"').next().unwrap_or("");
            let is_rule = xep::rule::find(name).is_some();
            let is_test = path.ends_with("tests.rs") || path.starts_with(folder.join("report"));
            assert!(is_rule || is_test, "{}: there is no rule `{name}`", path.display());
        }
    }
}

/// The names that stand in a text between `before` and `after`.
fn names_in<'a>(text: &'a str, before: &str, after: char) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split(after).next()).collect()
}

/// The draft and its tables name rules too.
#[test]
fn every_rule_that_the_draft_names_is_a_rule() {
    let schema = names_in(include_str!("../../spec/xep-sce/schema.xsd"), "(rule: ", ')');
    let profiles = names_in(include_str!("../../spec/xep-sce/profiles.toml"), "\nrule = \"", '"');
    assert!(!schema.is_empty() && !profiles.is_empty());
    for name in schema.into_iter().chain(profiles) {
        assert!(xep::rule::find(name).is_some(), "there is no rule `{name}`");
    }
}
