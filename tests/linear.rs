//! Large input: what takes ten times the text takes ten times the time, not a hundred times.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::time::{Duration, Instant};
use xep::report::{human, json};
use xep::workspace::{Disk, Extent, Options, Silent, build, check};

/// Generous for a slow machine and a build without optimisation; where time grew with the square, minutes passed.
const LONGEST: Duration = Duration::from_secs(40);

const HEADER: &str = "---\ntitle: Large\nabstract: Large.\nprofiles: stub\n---\n\n# Text\n\n";

fn markdown(examples: impl IntoIterator<Item = String>) -> String {
    let fence = |text: String| format!("```{{.xml .example caption=\"One\"}}\n{text}\n```\n\n");
    HEADER.to_owned() + &examples.into_iter().map(fence).collect::<String>()
}

fn message(number: usize, attributes: &str) -> String {
    format!(
        "<message xmlns='jabber:client' from='juliet@capulet.example/x' to='romeo@montague.example' type='chat' \
         id='m{number}'><body>Hello</body><x xmlns='urn:example:x'{attributes}/></message>"
    )
}

/// Checks a text, writes its pages and both reports; answers how many findings there are.
fn held_in_time(name: &str, text: &str) -> usize {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("linear").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name);
    std::fs::write(&file, text).unwrap();
    let begin = Instant::now();
    let number = all_of_it(&file, &folder.join("site"));
    let took = begin.elapsed();
    assert!(took < LONGEST, "{name}: {took:?}");
    number
}

/// The same; somewhere in the report stands what is `told`.
fn told_in_time(name: &str, text: &str, told: &str) {
    held_in_time(name, text);
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("linear").join(name).join(name);
    let checked = check(&Disk, &[file], Options::fresh(Extent::Full), &Silent).unwrap();
    let messages = checked.report().findings.into_iter().map(|judged| judged.finding.message);
    let messages: Vec<String> = messages.collect();
    assert!(messages.iter().any(|message| message.contains(told)), "{name}: {messages:?}");
}

fn all_of_it(file: &Path, out: &Path) -> usize {
    let checked = check(&Disk, &[file.to_owned()], Options::fresh(Extent::Full), &Silent).unwrap();
    build(&Disk, &checked, out).unwrap();
    let report = checked.report();
    let text = human(&report, &checked.sources, false, 100);
    assert!(text.len() < 1_000_000, "{} bytes", text.len());
    let text = json(&report, &checked.sources);
    assert!(text.len() < 2_000_000, "{} bytes", text.len());
    report.findings.len()
}

#[test]
fn one_line_of_many_faults_is_told_in_time() {
    let found = held_in_time("line.md", &markdown(["<a b=c>é</d>".repeat(10_000)]));
    assert!((101..500).contains(&found), "{found} findings");
}

#[test]
fn open_quotes_are_told_in_time() {
    held_in_time("quotes.md", &markdown(["<a b='".repeat(10_000)]));
}

#[test]
fn open_references_are_told_in_time() {
    held_in_time("references.xml", &"&a".repeat(50_000));
}

#[test]
fn many_attributes_are_read_sealed_and_compared_in_time() {
    let attributes: String = (0..10_000).map(|number| format!(" a{number}='1'")).collect();
    held_in_time("attributes.md", &markdown([message(1, &attributes)]));
    held_in_time("forbidden.xml", &format!("<xep><section1{attributes}/></xep>"));
    held_in_time("late.md", &markdown([format!("<a b='1'> {attributes}/>")]));
    held_in_time("unbound.md", &markdown([format!("<a{}/>", attributes.replace(" a", " p:a"))]));
}

#[test]
fn more_than_is_read_of_a_tag_is_told() {
    let attributes: String = (0..100_000).map(|number| format!(" a{number}='1'")).collect();
    let told = "has 100000 attributes, of which the first 1000 are read";
    told_in_time("attributes.xml", &format!("<xep><section1{attributes}/></xep>"), told);
    told_in_time("attributes-in-example.md", &markdown([format!("<a{attributes}/>")]), told);
}

#[test]
fn more_than_is_read_of_a_text_is_told() {
    let parts = "more than 200000 elements, attributes and texts, of which the first ones are read";
    told_in_time("elements.xml", &format!("<xep>{}</xep>", "<p/>".repeat(300_000)), parts);
    told_in_time("spread.xml", &format!("<xep>{}</xep>", "<p a='' b='' c=''/>".repeat(80_000)), parts);
    told_in_time("comments.xml", &format!("<xep>{}</xep>", "<!---->".repeat(250_000)), parts);
    let problems = "more than 20000 problems, of which the first ones are read";
    told_in_time("problems.xml", &format!("<xep>{}</xep>", "< ".repeat(100_000)), problems);
    held_in_time("ampersands.md", &markdown(["<a>".to_owned() + &"& ".repeat(100_000)]));
}

#[test]
fn a_file_that_is_too_large_is_told() {
    told_in_time("large.xml", &format!("<xep a='{}'/>", "x".repeat(15_000_000)), "larger than 4 MiB");
}

/// A value, a name or a text of megabytes is not repeated by what is said of it.
#[test]
fn what_is_told_of_a_long_text_is_short() {
    let long = "x&amp;".repeat(100_000);
    for (name, text) in [
        ("type.md", format!("<message xmlns='jabber:client' type='{long}'/>")),
        ("namespace.md", format!("<message xmlns='jabber:client'><a xmlns='{long}'/></message>")),
        ("jid.md", format!("<message xmlns='jabber:client' to='{long}'/>")),
        ("name.md", format!("<{0} a='b'>", "x".repeat(1_000_000))),
        ("text.md", format!("<presence xmlns='jabber:client'><priority>{long}</priority></presence>")),
        ("open.md", format!("<message a='{long}")),
    ] {
        held_in_time(name, &markdown([text]));
    }
}

#[test]
fn many_examples_are_sealed_and_shown_in_time() {
    held_in_time("examples.md", &markdown((0..1000).map(|number| message(number, ""))));
}
