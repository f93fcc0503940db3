//! Snapshots of every format, from one report made by hand.

use super::*;
use crate::finding::{Edit, Fix};
use crate::source::FileId;
use proptest::prelude::*;

const DRAFT: &str = "---\ntitle: Test\n---\n\n\t<body>Hello</bdy>\n<b lang='日本語のテキスト' x=''/>\n<a>\n one\n two\n three\n four\n five\n</a>\n";

struct Fixture {
    sources: Sources,
    draft: FileId,
    policy: FileId,
    payload: FileId,
}

impl Fixture {
    fn new() -> Fixture {
        let mut sources = Sources::default();
        let draft = sources.add("spec/draft.md", DRAFT);
        let policy = sources.add("spec/elements.toml", "[[element]]\nname = \"body\"\nplace = \"inside\"");
        let payload = sources
            .add("xep-0420.xml", format!("<a>\n  <b>{}WRONG{}</b>\n</a>\n", "QUJD".repeat(500), "REVG".repeat(500)));
        Fixture { sources, draft, policy, payload }
    }

    /// The span of the first `text` in `file`.
    fn find(&self, file: FileId, text: &str) -> Span {
        let at = self.sources.get(file).text().find(text).unwrap();
        Span::new(file, at, at + text.len())
    }

    fn end(&self, file: FileId) -> Span {
        let whole = self.sources.whole(file);
        Span::new(file, whole.end, whole.end)
    }

    fn findings(&self) -> Vec<Judged> {
        let find = |text| self.find(self.draft, text);
        let tag = find("bdy");
        let several = find("<a>").to(find("</a>"));
        let base64 = self.find(self.payload, "QUJD").to(self.find(self.payload, "</b>").at_start());
        vec![
            judged(Severity::Info, Finding::new("end-of-file", self.end(self.policy), "nothing follows")),
            judged(
                Severity::Error,
                Finding::new("sensitive-outside", find("<body>"), "`body` stands outside the envelope")
                    .label("readable by every server")
                    .related(self.find(self.policy, "place = \"inside\""), "the policy says so here")
                    .note("a server sees what stands outside: whoever runs it, or breaks into it, reads along with the two who write to each other")
                    .help("move it into `content`"),
            ),
            judged(
                Severity::Error,
                Finding::new("malformed-xml", tag, "end tag `bdy` does not match `body`")
                    .related(find("body"), "opened here")
                    .fix(Fix {
                        safe: true,
                        message: "write `body`".to_owned(),
                        edits: vec![Edit { span: tag, text: "body".to_owned() }],
                    }),
            ),
            judged(
                Severity::Warning,
                Finding::new("wide-characters", find("テキスト"), "a text in wide characters").label("these"),
            ),
            judged(Severity::Warning, Finding::new("empty-span", find("'/>").at_start(), "a value is missing")),
            judged(
                Severity::Warning,
                Finding::new("several-lines", several, "an element over several lines").label("all of it").fix(Fix {
                    safe: false,
                    message: "take it out".to_owned(),
                    edits: vec![Edit { span: several, text: String::new() }],
                }),
            ),
            judged(
                Severity::Error,
                Finding::new("wrong-payload", base64, "the payload opens to no XML").label("Base64"),
            ),
            judged(
                Severity::Error,
                Finding::new("wrong-letters", self.find(self.payload, "WRONG"), "these are no Base64\u{1b}[31m").fix(
                    Fix {
                        safe: true,
                        message: "mend them".to_owned(),
                        edits: vec![Edit { span: self.find(self.payload, "WRONG"), text: "V1JPTkc=".to_owned() }],
                    },
                ),
            ),
        ]
    }

    fn report(&self) -> Report {
        Report::new(vec![document()], self.findings(), &self.sources)
    }
}

fn judged(severity: Severity, finding: Finding) -> Judged {
    Judged { severity, finding: Finding { example: Some("example-1".to_owned()), ..finding } }
}

fn document() -> DocumentReport {
    let trip = |profile: &str, sealed_bytes, ok| RoundTripReport { profile: profile.to_owned(), sealed_bytes, ok };
    let first = ExampleReport {
        id: "example-1".to_owned(),
        name: Some("ex-hello".to_owned()),
        block: "example".into(),
        caption: Some("A greeting".to_owned()),
        line: 5,
        kind: Some("complete".into()),
        kind_reason: "one well-formed element".to_owned(),
        syntax: "xml".into(),
        sender: Some("client".to_owned()),
        answers: None,
        checks: vec!["well-formed".into(), "schema".into()],
        round_trips: vec![trip("openpgp", Some(1126), true), trip("stub", None, false)],
    };
    let second = ExampleReport {
        id: "code-1".to_owned(),
        block: "code".into(),
        line: 7,
        kind: Some("text".into()),
        kind_reason: "no markup".to_owned(),
        syntax: "text".into(),
        ..ExampleReport::default()
    };
    DocumentReport {
        path: "spec/draft.md".to_owned(),
        number: "XXXX".to_owned(),
        title: "Test".to_owned(),
        examples: vec![first, second],
    }
}

#[test]
fn findings_stand_by_path_line_column_and_rule() {
    let fixture = Fixture::new();
    let mut twice = fixture.findings();
    twice.extend(fixture.findings().into_iter().rev());
    let report = Report::new(Vec::new(), twice, &fixture.sources);
    let places: Vec<String> = concise(&report, &fixture.sources).lines().map(str::to_owned).collect();
    assert_eq!(places.len(), fixture.findings().len());
    assert_eq!(concise(&fixture.report(), &fixture.sources).lines().collect::<Vec<_>>(), places);
}

#[test]
fn human_snapshot() {
    let fixture = Fixture::new();
    insta::assert_snapshot!(human(&fixture.report(), &fixture.sources, false, 100));
}

#[test]
fn human_snapshot_in_colour() {
    let fixture = Fixture::new();
    let report = Report::new(Vec::new(), fixture.findings().into_iter().skip(1).take(2).collect(), &fixture.sources);
    insta::assert_snapshot!(human(&report, &fixture.sources, true, 100).replace('\u{1b}', "ESC"));
}

#[test]
fn concise_snapshot() {
    let fixture = Fixture::new();
    insta::assert_snapshot!(concise(&fixture.report(), &fixture.sources));
}

#[test]
fn json_snapshot() {
    let fixture = Fixture::new();
    insta::assert_snapshot!(json(&fixture.report(), &fixture.sources));
}

#[test]
fn sarif_snapshot() {
    let fixture = Fixture::new();
    insta::assert_snapshot!(sarif(&fixture.report(), &fixture.sources, &|_| None));
}

#[test]
fn sarif_tells_what_a_rule_means() {
    let fixture = Fixture::new();
    let finding = Finding::new("a-rule", fixture.end(fixture.draft), "wrong");
    let report = Report {
        documents: Vec::new(),
        findings: vec![Judged { severity: Severity::Info, finding }],
        ..Report::default()
    };
    let text = |name: &str| {
        let (summary, documentation) = (format!("Of {name}."), "## Wrong".to_owned());
        Some(RuleText { summary, documentation, severity: Severity::Error })
    };
    let log: serde_json::Value = serde_json::from_str(&sarif(&report, &fixture.sources, &text)).unwrap();
    let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
    assert_eq!((&rule["id"], &rule["defaultConfiguration"]["level"]), (&"a-rule".into(), &"error".into()));
    assert_eq!(rule["shortDescription"]["text"], "Of a-rule.");
    assert_eq!(rule["help"]["markdown"], "## Wrong");
    assert_eq!(log["runs"][0]["results"][0]["level"], "note", "the severity of the finding, not of its rule");
}

#[test]
fn github_snapshot() {
    let fixture = Fixture::new();
    insta::assert_snapshot!(github(&fixture.report(), &fixture.sources));
}

#[test]
fn junit_snapshot() {
    let fixture = Fixture::new();
    insta::assert_snapshot!(junit(&fixture.report(), &fixture.sources));
}

#[test]
fn a_document_without_findings_is_a_case_that_passed() {
    let fixture = Fixture::new();
    let text = junit(&Report::new(vec![document()], Vec::new(), &fixture.sources), &fixture.sources);
    assert!(text.contains("<testsuites name='xep' tests='1' failures='0'>"), "{text}");
    assert!(text.contains("<testcase classname='spec/draft.md' name='no findings'/>"), "{text}");
}

fn check_summary(examples: &[usize], severities: &[Severity], expected: &str) {
    let fixture = Fixture::new();
    let documents = examples.iter().map(|number| DocumentReport {
        examples: vec![
            ExampleReport { round_trips: vec![RoundTripReport::default()], ..ExampleReport::default() };
            *number
        ],
        ..DocumentReport::default()
    });
    let finding = Finding::new("a-rule", fixture.end(fixture.draft), "wrong");
    let judged = severities.iter().map(|severity| Judged { severity: *severity, finding: finding.clone() });
    let report = Report { documents: documents.collect(), findings: judged.collect(), ..Report::default() };
    assert_eq!(summary(&report), expected);
    assert_eq!(human(&report, &fixture.sources, false, 80).lines().last(), Some(expected));
}

#[test]
fn the_last_line_counts_everything() {
    use Severity::{Error, Info, Warning};
    check_summary(&[], &[], "no examples in no documents: no round trips, no findings");
    check_summary(&[1], &[Error], "1 example in 1 document: 1 round trip, 1 error");
    check_summary(&[2, 3], &[Warning, Error, Warning], "5 examples in 2 documents: 5 round trips, 1 error, 2 warnings");
    check_summary(&[2], &[Info, Info], "2 examples in 1 document: 2 round trips, 2 remarks");
    let spared = Report { left_out: 3, ..Report::default() };
    let expected = "no examples in no documents: no round trips, no findings; 3 more that are not errors, in inactive documents, with --pedantic";
    assert_eq!(summary(&spared), expected);
}

#[test]
fn a_large_file_costs_little_to_show() {
    let mut sources = Sources::default();
    let file = sources.add("large", format!("<a>{}</a>\n", "<b>Some text</b>\n".repeat(30_000)));
    let near = |at: usize| {
        Finding::new("a-rule", Span::new(file, at, at + 3), "wrong").related(Span::new(file, 400_000, 400_002), "there")
    };
    let judged = (0..20).map(|at| Judged { severity: Severity::Error, finding: near(at * 1000) }).collect();
    let text = human(&Report::new(Vec::new(), judged, &sources), &sources, false, 100);
    assert!(text.len() < 40_000, "{} bytes", text.len());
}

proptest! {
    #[test]
    fn no_finding_stops_a_format(
        text in "[ab<>é\\u{200b}\\u{1b}日\\t\\r\\n]{0,120}",
        spans in prop::collection::vec((0usize..400, 0usize..400), 1..5),
        replacement in "[a日\\n]{0,12}",
        width in 0usize..120,
    ) {
        let mut sources = Sources::default();
        let file = sources.add("a\nb", text.as_str());
        let span = |&(start, len): &(usize, usize)| Span::new(file, start, start + len);
        let mut finding = Finding::new("a-rule", span(&spans[0]), text.as_str()).note(text.as_str()).help(text.as_str()).label(text.as_str());
        for place in &spans {
            finding = finding.related(span(place), text.as_str());
        }
        let edit = Edit { span: span(&spans[0]), text: replacement };
        let finding = finding.fix(Fix { safe: true, message: text.clone(), edits: vec![edit] });
        let report = Report::new(Vec::new(), vec![Judged { severity: Severity::Error, finding }], &sources);
        human(&report, &sources, true, width);
        prop_assert_eq!(concise(&report, &sources).lines().count(), 1);
        prop_assert_eq!(github(&report, &sources).lines().count(), 1);
        for text in [json(&report, &sources), sarif(&report, &sources, &|_| None)] {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        }
        let xml = junit(&report, &sources);
        prop_assert!(roxmltree::Document::parse(&xml).is_ok(), "{}", xml);
    }
}
