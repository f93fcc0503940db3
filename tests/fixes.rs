//! Fixes over real XEPs: what is mended is gone, nothing else comes of it, and a slip that was put in goes back to what it was.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use support::shared;
use xep::rule::maturity::INACTIVE;
use xep::workspace::{Disk, Extent, Memory, Options, Silent, Snapshot, World, check, mend};

/// How often each finding is told, by path, rule and message.
type Counts = BTreeMap<(String, &'static str, String), usize>;

fn counts(checked: &Snapshot) -> Counts {
    let mut counts = Counts::new();
    for judged in checked.report().findings {
        let path = checked.sources.get(judged.finding.span.file).path().to_owned();
        *counts.entry((path, judged.finding.rule, judged.finding.message)).or_default() += 1;
    }
    counts
}

fn checked(world: &dyn World, path: &str) -> Snapshot {
    check(world, &[PathBuf::from(path)], Options::fresh(Extent::Full), &Silent).unwrap()
}

/// The files as the safe fixes make them, and how many findings that mends.
fn mended(world: &Memory, path: &str) -> (Memory, usize) {
    let options = Options::fresh(Extent::Full);
    let narrow = |checked: &Snapshot| Ok(checked.report());
    let mended = mend(world, &[PathBuf::from(path)], &options, &Silent, &narrow, false).unwrap();
    let files = mended.files.iter();
    let after = files.fold(world.clone(), |world, file| world.with(&file.path.to_string_lossy(), file.after.as_str()));
    (after, mended.fixed)
}

fn corpus() -> Option<PathBuf> {
    Some(shared("fixes over real XEPs")?.join("corpus"))
}

/// A folder in memory.
fn in_memory(folder: &Path) -> Memory {
    let files = Disk.files_below(folder).unwrap();
    files.iter().fold(Memory::default(), |world, file| {
        let name = Path::new("s").join(file.strip_prefix(folder).unwrap());
        world.with(&name.to_string_lossy(), std::fs::read(file).unwrap())
    })
}

/// How many findings at most come of schemas that could judge nothing before.
const REVEALED: usize = 5;

#[test]
fn what_is_mended_is_gone_and_nothing_comes_of_it() {
    let Some(corpus) = corpus() else { return };
    let world = in_memory(&corpus);
    let before = counts(&checked(&world, "s"));
    let (after, fixed) = mended(&world, "s");
    let after_it = counts(&checked(&after, "s"));
    assert!(fixed > 5, "{fixed}");
    // A namespace that nobody knew is judged by its schema once it is mended.
    for (finding, times) in after_it.iter().filter(|((_, rule, _), _)| *rule != "schema-violation") {
        assert!(before.get(finding).is_some_and(|before| times <= before), "new: {finding:?}");
    }
    let total = |counts: &Counts| counts.values().sum::<usize>();
    let (left, told) = (total(&after_it), total(&before));
    assert!(left + fixed <= told + REVEALED, "some of what was mended is still told: {left} + {fixed}, {told} before");
    assert_eq!(mended(&after, "s").1, 0, "nothing is left to be mended");
}

/// The texts of the examples of a XEP, with where they begin.
fn examples(text: &str) -> Vec<(usize, &str)> {
    let starts = text.match_indices("<example");
    starts.filter_map(|(at, _)| Some((at, text[at..].split_once("</example>")?.0))).collect()
}

/// The words behind `before` and before `after` in examples, with where they begin.
fn words<'t>(text: &'t str, before: &str, after: char) -> Vec<(usize, &'t str)> {
    let in_example = |(start, example): (usize, &'t str)| {
        let found = example.match_indices(before).filter_map(move |(at, _)| {
            let at = at + before.len();
            Some((start + at, example[at..].split_once(after)?.0))
        });
        found.collect::<Vec<_>>()
    };
    examples(text).into_iter().flat_map(in_example).collect()
}

/// The text without one letter in the middle of one of the words.
fn with_slip(text: &str, words: &[(usize, &str)], number: usize) -> Option<String> {
    let (at, word) = *words.get(number.checked_rem(words.len())?)?;
    let middle = at + word.len() / 2;
    Some(format!("{}{}", &text[..middle], &text[middle + 1..]))
}

/// The names of closing tags that are long enough for a slip.
fn closing_tags(text: &str) -> Vec<(usize, &str)> {
    let is_name = |word: &str| word.len() > 4 && word.chars().all(|c| c.is_ascii_lowercase());
    words(text, "</", '>').into_iter().filter(|(_, word)| is_name(word)).collect()
}

/// The last words of the namespace of stanza errors, which everybody knows.
fn namespaces(text: &str) -> Vec<(usize, &str)> {
    let start = "urn:ietf:params:xml:ns:";
    let all = words(text, &format!("xmlns='{start}"), '\'').into_iter();
    all.filter(|(_, word)| *word == "xmpp-stanzas").collect()
}

/// Domains of addresses that stand often.
fn domains(text: &str) -> Vec<(usize, &str)> {
    let is_domain = |word: &str| word.contains('.') && word.chars().all(|c| c.is_ascii_lowercase() || c == '.');
    let often = |word: &str| word.len() > 6 && text.matches(&format!("@{word}")).count() > 6;
    words(text, "@", '/').into_iter().filter(|(_, word)| is_domain(word) && often(word)).collect()
}

/// Puts a slip into each fifth XEP of the corpus, and mends it: how often that was tried, and how often the text is then what it
/// was. Nothing may be told afterwards that was not told before, but what the slip hid.
fn mend_slips(corpus: &Path, places: fn(&str) -> Vec<(usize, &str)>) -> (usize, usize) {
    let shared = Disk.read(&corpus.join("xep.ent")).unwrap();
    let files = Disk.files_in(corpus).into_iter();
    let mut names: Vec<PathBuf> = files.filter(|file| file.extension().is_some_and(|end| end == "xml")).collect();
    names.sort();
    // In a document that nobody works on only errors are told, and mended.
    let texts = names.iter().map(|path| (path, std::fs::read_to_string(path).unwrap()));
    let live = texts.filter(|(_, text)| !INACTIVE.iter().any(|status| text.contains(&format!("<status>{status}<"))));
    let (mut tried, mut restored) = (0, 0);
    for (number, (path, text)) in live.enumerate().step_by(4) {
        let world = |text: &str| {
            Memory::default().with("s/xep.ent", shared.clone()).with("s/xep.dtd", "").with("s/xep-0001.xml", text)
        };
        let Some(slip) = with_slip(&text, &places(&text), number * 7919) else { continue };
        let wrong = world(&slip);
        let before = counts(&checked(&wrong, "s"));
        let (after, _) = mended(&wrong, "s");
        let after_it = counts(&checked(&after, "s"));
        tried += 1;
        for (finding, times) in &after_it {
            let is_old = before.get(finding).is_some_and(|before| times <= before);
            let was_hidden = || counts(&checked(&world(&text), "s")).contains_key(finding);
            assert!(is_old || was_hidden(), "{}: new: {finding:?}", path.display());
        }
        let right = mended(&world(&text), "s").0;
        restored += usize::from(support::text(&after, "s/xep-0001.xml") == support::text(&right, "s/xep-0001.xml"));
    }
    (tried, restored)
}

#[test]
fn slips_that_were_put_in_go_back_to_what_they_were() {
    let Some(corpus) = corpus() else { return };
    type Places = fn(&str) -> Vec<(usize, &str)>;
    // An address that stands nowhere else tells nothing about what is meant.
    let sorts: [(&str, Places, usize); 3] =
        [("closing tags", closing_tags, 90), ("namespaces", namespaces, 90), ("addresses", domains, 85)];
    for (sort, places, least) in sorts {
        let (tried, restored) = mend_slips(&corpus, places);
        support::say(&format!("{restored} of {tried} slips in {sort} went back to what they were"));
        assert!(tried > 5 && restored * 100 >= tried * least, "{sort}: {restored} of {tried}");
    }
}
