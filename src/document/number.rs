//! Numbers and ids of sections, examples, tables, notes and requirements.
//!
//! Positional ids (`example-7`, `code-2`, `table-1`) count over the whole body, with and without captions, as the XSF's pages
//! do. Beside them stand *names*: ids that do not shift when something is inserted, given by the author or made from the
//! caption. All ids of a page are unique; where two would meet, the later one gets `-2`, `-3`, and so on, in the order:
//! the page's own ids, positional ids, the author's ids, ids made from text.

use std::collections::{HashMap, HashSet};

use super::walk::{self, Place, plain_text};
use super::{Document, Inline, Listing, ListingKind, Section, Table};

/// All numbers and ids of a document, each list in document order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// The sections.
    pub sections: Vec<SectionNumber>,
    /// Examples and code blocks of the body, together.
    pub listings: Vec<ListingNumber>,
    /// The tables of the body.
    pub tables: Vec<TableNumber>,
    /// The ids of requirements.
    pub requirements: Vec<String>,
    /// The link targets of the revisions: `revision-history-v0.5.0`.
    pub revisions: Vec<String>,
    /// The numbers of notes, by what equal notes share.
    notes: HashMap<String, NoteNumber>,
}

/// Number and target of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionNumber {
    /// 1 to 5.
    pub level: u8,
    /// `1.` for a section of level 1, `1.2` below it.
    pub number: String,
    /// The link target: the author's anchor, or an id made from the topic.
    pub id: String,
    /// The section around it, as its index in [`Numbers::sections`].
    pub parent: Option<usize>,
}

/// Number and ids of an example or a code block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingNumber {
    /// Which of both; they are counted apart.
    pub kind: ListingKind,
    /// The number, from 1.
    pub number: usize,
    /// `example-7` or `code-2`.
    pub id: String,
    /// The stable id: the author's, or one made from the caption.
    pub name: Option<String>,
    /// Whether the author gave the name.
    pub named_by_author: bool,
    /// The sections around it, outermost first, as indexes in [`Numbers::sections`].
    pub sections: Vec<usize>,
}

/// Number and ids of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableNumber {
    /// The number, from 1.
    pub number: usize,
    /// `table-1`.
    pub id: String,
    /// The stable id: the author's, or one made from the caption.
    pub name: Option<String>,
}

/// The number of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NoteNumber {
    /// From 1.
    number: usize,
    /// In how many other notes its first place stands.
    depth: usize,
}

/// A listing, and the sections that it stands in.
#[derive(Clone, Debug)]
pub struct ListingPlace<'a> {
    /// The example or code block.
    pub listing: &'a Listing,
    /// The sections around it, outermost first, as indexes in [`Numbers::sections`].
    pub sections: Vec<usize>,
}

impl ListingPlace<'_> {
    /// The innermost section around it.
    pub fn section(&self) -> Option<usize> {
        self.sections.last().copied()
    }
}

/// The examples and code blocks of the body, in document order: the order of [`Numbers::listings`].
pub fn listings(document: &Document) -> Vec<&Listing> {
    let mut all = Vec::new();
    walk::body(document, &mut |place| {
        if let Place::Listing(listing) = place {
            all.push(listing);
        }
    });
    all
}

/// The same, with the sections around each.
pub fn listings_with_sections(document: &Document) -> Vec<ListingPlace<'_>> {
    let mut places = Vec::new();
    walk::body(document, &mut |place| {
        if matches!(place, Place::Enter(_) | Place::Leave(_) | Place::Listing(_)) {
            places.push(place);
        }
    });
    listings_among(places.into_iter())
}

fn listings_among<'a>(places: impl Iterator<Item = Place<'a>>) -> Vec<ListingPlace<'a>> {
    let mut listings = Vec::new();
    let mut open = Vec::new();
    let mut sections = 0;
    for place in places {
        match place {
            Place::Enter(_) => {
                open.push(sections);
                sections += 1;
            }
            Place::Leave(_) => {
                open.pop();
            }
            Place::Listing(listing) => listings.push(ListingPlace { listing, sections: open.clone() }),
            _ => {}
        }
    }
    listings
}

/// The sections in document order: the order of [`Numbers::sections`].
pub fn sections(document: &Document) -> Vec<&Section> {
    let mut all = Vec::new();
    walk::body(document, &mut |place| {
        if let Place::Enter(section) = place {
            all.push(section);
        }
    });
    all
}

/// The tables of the body in document order: the order of [`Numbers::tables`].
pub fn tables(document: &Document) -> Vec<&Table> {
    let mut all = Vec::new();
    walk::body(document, &mut |place| {
        if let Place::Table(table) = place {
            all.push(table);
        }
    });
    all
}

/// The notes, one for each number (`[1]` first): where several are equal, the first.
pub fn notes(document: &Document) -> Vec<&[Inline]> {
    let mut seen = HashSet::new();
    all_notes(document).into_iter().filter(|note| seen.insert(note_key(note))).collect()
}

/// All notes: the header's first, then the body's.
fn all_notes(document: &Document) -> Vec<&[Inline]> {
    let mut all = notes_of(|see| walk::revisions(document, see));
    all.extend(notes_of(|see| walk::body(document, see)));
    all
}

fn notes_of<'a>(walk: impl FnOnce(&mut dyn FnMut(Place<'a>))) -> Vec<&'a [Inline]> {
    let mut all = Vec::new();
    walk(&mut |place| {
        if let Place::Note(text) = place {
            all.push(text);
        }
    });
    all
}

/// What two notes must share to be one: their characters, white space included.
fn note_key(note: &[Inline]) -> String {
    plain_text(note)
}

impl Numbers {
    /// The numbers and ids of a document.
    pub fn of(document: &Document) -> Numbers {
        let mut numbers = Numbers { notes: number_notes(document), ..Numbers::default() };
        let mut places = Vec::new();
        walk::body(document, &mut |place| {
            if !matches!(place, Place::Link(_) | Place::Note(_)) {
                places.push(place);
            }
        });
        let mut ids = Ids::of_page(&places, numbers.notes.len());
        numbers.revisions = ids.revisions(document);
        number_sections(&places, &mut ids, &mut numbers);
        number_listings(&places, &mut ids, &mut numbers);
        number_tables(&places, &mut ids, &mut numbers);
        numbers
    }

    /// All ids of the page: its own, those by position, and the names.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let listings = self.listings.iter().flat_map(|one| [Some(one.id.as_str()), one.name.as_deref()]);
        let tables = self.tables.iter().flat_map(|one| [Some(one.id.as_str()), one.name.as_deref()]);
        let sections = self.sections.iter().map(|section| section.id.as_str());
        let others = self.requirements.iter().chain(&self.revisions).map(String::as_str);
        PAGE_IDS.into_iter().chain(sections).chain(listings.chain(tables).flatten()).chain(others)
    }

    /// The number of a note, from 1; notes count by the first place of their text, the header's revisions before the body.
    pub fn note(&self, note: &[Inline]) -> Option<usize> {
        self.notes.get(&note_key(note)).map(|note| note.number)
    }

    /// The number that a reference to a note shows. `depth` says in how many notes the reference itself stands.
    ///
    /// Where notes stand in notes, the XSF's pages count differently from their own list of notes: the notes around the
    /// first place are left out, those around the reference come on top. People cite what they see there, so it stays.
    pub fn note_shown(&self, note: &[Inline], depth: usize) -> Option<usize> {
        self.notes.get(&note_key(note)).map(|note| (note.number + depth).saturating_sub(note.depth).max(1))
    }

    /// The number of a listing by its positional id (`example-7`) or its name (`ex-finished`).
    pub fn listing(&self, id: &str) -> Option<&ListingNumber> {
        self.listings.iter().find(|listing| listing.id == id || listing.name.as_deref() == Some(id))
    }
}

/// The ids that every page has.
const PAGE_IDS: [&str; 14] = [
    "docmeta",
    "status-notice",
    "toc",
    "appendices",
    "appendix-docinfo",
    "appendix-authorinfo",
    "appendix-legal",
    "appendix-xmpp",
    "appendix-discuss",
    "appendix-conformance",
    "appendix-notes",
    "appendix-revs",
    "appendix-biblatex",
    "findings",
];

/// The ids taken so far.
struct Ids {
    taken: HashSet<String>,
    /// Ids that the author gave, which nothing made from text may take; freed when their owner comes.
    kept: HashMap<String, usize>,
    /// The next number to try behind an id that was wanted before. What is not free never becomes free for another owner.
    next: HashMap<String, usize>,
}

impl Ids {
    fn of_page(places: &[Place<'_>], notes: usize) -> Ids {
        let mut ids = Ids { taken: PAGE_IDS.map(str::to_owned).into(), kept: HashMap::new(), next: HashMap::new() };
        let mut counts = (0, 0, 0);
        for place in places {
            match place {
                Place::Enter(section) => ids.keep(section.anchor.as_ref().map(|anchor| anchor.as_str())),
                Place::Requirement(id) => ids.keep(Some(&id.value)),
                Place::Listing(listing) => {
                    let count = if listing.kind == ListingKind::Example { &mut counts.0 } else { &mut counts.1 };
                    *count += 1;
                    ids.taken.insert(positional(listing.kind, *count));
                    ids.keep(listing.directives.text("id"));
                }
                Place::Table(table) => {
                    counts.2 += 1;
                    ids.taken.insert(format!("table-{}", counts.2));
                    ids.keep(table.id.as_ref().map(|id| id.value.as_str()));
                }
                _ => {}
            }
        }
        ids.taken.extend((1..=notes).flat_map(|number| [format!("note-{number}"), format!("note-{number}-place")]));
        ids
    }

    fn keep(&mut self, id: Option<&str>) {
        if let Some(id) = id {
            *self.kept.entry(id.to_owned()).or_default() += 1;
        }
    }

    fn revisions(&mut self, document: &Document) -> Vec<String> {
        let versions = document.header.revisions.iter().map(|revision| revision.version.as_str().trim());
        versions.map(|version| self.take(&format!("revision-history-v{version}"))).collect()
    }

    /// The id that the author gave, where it is still free.
    fn given(&mut self, id: &str) -> String {
        self.kept.remove(id);
        self.take(id)
    }

    /// An id made from text.
    fn made(&mut self, prefix: &str, text: &str, otherwise: &str) -> String {
        let slug = slug(text);
        let slug = if slug.is_empty() { otherwise } else { &slug };
        self.take(&format!("{prefix}{slug}"))
    }

    fn take(&mut self, wanted: &str) -> String {
        let is_free = |id: &String| !self.taken.contains(id) && !self.kept.contains_key(id);
        let first = self.next.get(wanted).copied().unwrap_or(2);
        let numbered = (first..).map(|number| (number + 1, format!("{wanted}-{number}")));
        let mut candidates = std::iter::once((first, wanted.to_owned())).chain(numbered);
        let (next, id) = candidates.find(|(_, id)| is_free(id)).expect("some number is free");
        self.next.insert(wanted.to_owned(), next);
        self.taken.insert(id.clone());
        id
    }
}

/// How long an id made from text may be, in characters; it ends with a whole word where it can.
const LONGEST_SLUG: usize = 60;

/// Text as an id: its words in lower case, joined by hyphens.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    let words = text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    for word in words {
        let length = slug.chars().count() + word.chars().count() + 1;
        if !slug.is_empty() && length > LONGEST_SLUG {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.extend(word.chars().take(LONGEST_SLUG).flat_map(char::to_lowercase));
    }
    slug
}

fn positional(kind: ListingKind, number: usize) -> String {
    match kind {
        ListingKind::Example => format!("example-{number}"),
        ListingKind::Code => format!("code-{number}"),
    }
}

fn number_sections(places: &[Place<'_>], ids: &mut Ids, numbers: &mut Numbers) {
    let mut open: Vec<usize> = Vec::new();
    let mut counts: Vec<usize> = vec![0];
    for place in places {
        match place {
            Place::Enter(section) => {
                if let Some(count) = counts.last_mut() {
                    *count += 1;
                }
                let id = match &section.anchor {
                    Some(anchor) if !anchor.as_str().is_empty() => ids.given(anchor.as_str()),
                    _ => ids.made("", section.topic.as_str(), "section"),
                };
                let number = section_number(&counts);
                let parent = open.last().copied();
                open.push(numbers.sections.len());
                counts.push(0);
                numbers.sections.push(SectionNumber { level: section.level, number, id, parent });
            }
            Place::Leave(_) => {
                open.pop();
                counts.pop();
            }
            Place::Requirement(id) => numbers.requirements.push(ids.given(&id.value)),
            _ => {}
        }
    }
}

/// `1.` at the first level, `1.2.3` below.
fn section_number(counts: &[usize]) -> String {
    let joined = counts.iter().map(usize::to_string).collect::<Vec<_>>().join(".");
    if counts.len() == 1 { format!("{joined}.") } else { joined }
}

fn number_listings(places: &[Place<'_>], ids: &mut Ids, numbers: &mut Numbers) {
    let (mut examples, mut codes) = (0, 0);
    for place in listings_among(places.iter().copied()) {
        let (count, prefix) = match place.listing.kind {
            ListingKind::Example => (&mut examples, "ex-"),
            ListingKind::Code => (&mut codes, "code-"),
        };
        *count += 1;
        let given = place.listing.directives.text("id").filter(|id| !id.is_empty());
        let caption = place.listing.caption.as_ref().map(|caption| caption.as_str());
        numbers.listings.push(ListingNumber {
            kind: place.listing.kind,
            number: *count,
            id: positional(place.listing.kind, *count),
            name: name(ids, given, caption, prefix),
            named_by_author: given.is_some(),
            sections: place.sections,
        });
    }
}

fn number_tables(places: &[Place<'_>], ids: &mut Ids, numbers: &mut Numbers) {
    let tables = places.iter().filter_map(|place| match place {
        Place::Table(table) => Some(table),
        _ => None,
    });
    for (at, table) in tables.enumerate() {
        let given = table.id.as_ref().map(|id| id.value.as_str()).filter(|id| !id.is_empty());
        let caption = table.caption.as_ref().map(|caption| caption.as_str());
        numbers.tables.push(TableNumber {
            number: at + 1,
            id: format!("table-{}", at + 1),
            name: name(ids, given, caption, "table-"),
        });
    }
}

/// The author's name, else one made from the caption.
fn name(ids: &mut Ids, given: Option<&str>, caption: Option<&str>, prefix: &str) -> Option<String> {
    match (given, caption) {
        (Some(id), _) => Some(ids.given(id)),
        (None, Some(caption)) if !slug(caption).is_empty() => Some(ids.made(prefix, caption, "")),
        _ => None,
    }
}

fn number_notes(document: &Document) -> HashMap<String, NoteNumber> {
    let mut numbers = HashMap::new();
    // Where the notes around the present one end, as indexes in the list of all.
    let mut around: Vec<usize> = Vec::new();
    for (at, note) in all_notes(document).into_iter().enumerate() {
        around.retain(|&end| at < end);
        let number = numbers.len() + 1;
        numbers.entry(note_key(note)).or_insert(NoteNumber { number, depth: around.len() });
        around.push(at + 1 + notes_of(|see| walk::inlines(note, see)).len());
    }
    numbers
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::document::{Block, Directives, Listing, Paragraph, Revision, Span_};
    use crate::source::{MappedText, Sources, Span, Spanned};

    /// Builds blocks at one place of an empty file.
    struct At(Span);

    impl At {
        fn new() -> At {
            let mut sources = Sources::default();
            let file = sources.add("test", "");
            At(Span::new(file, 0, 0))
        }

        fn text(&self, text: &str) -> MappedText {
            MappedText::standing_for(text, self.0)
        }

        fn section(&self, level: u8, topic: &str, anchor: Option<&str>, blocks: Vec<Block>) -> Block {
            let anchor = anchor.map(|anchor| self.text(anchor));
            Block::Section(Section { level, topic: self.text(topic), anchor, blocks, span: Span_(self.0) })
        }

        fn listing(&self, kind: ListingKind, caption: &str, id: Option<&str>) -> Block {
            let mut directives = Directives::default();
            if let Some(id) = id {
                directives.push("id", self.text(id), self.0);
            }
            Block::Listing(Box::new(Listing {
                kind,
                caption: (!caption.is_empty()).then(|| self.text(caption)),
                attributes: Vec::new(),
                directives,
                language: None,
                text: self.text("<x/>"),
                markup: Vec::new(),
                span: Span_(self.0),
            }))
        }

        fn paragraph(&self, requirement: Option<&str>, text: Vec<Inline>) -> Block {
            let requirement = requirement.map(|id| Spanned::new(id.to_owned(), self.0));
            Block::Paragraph(Paragraph { attributes: Vec::new(), requirement, text, span: Span_(self.0) })
        }

        fn note(&self, text: &str) -> Inline {
            Inline::Note(vec![Inline::Text(self.text(text))])
        }
    }

    fn of_body(body: Vec<Block>) -> Numbers {
        Numbers::of(&Document { body, ..Document::default() })
    }

    #[test]
    fn sections_are_numbered_and_named() {
        let at = At::new();
        let inner = vec![
            at.section(2, "First part", None, vec![at.section(3, "Deep", None, vec![])]),
            at.section(2, "First part", None, vec![]),
        ];
        let fifth = at.section(4, "Four", None, vec![at.section(5, "Five", None, vec![])]);
        let numbers = of_body(vec![
            at.section(1, "Introduction", Some("intro"), inner),
            at.section(1, "Other", Some("intro"), vec![fifth]),
            at.section(1, "??", None, vec![]),
            at.section(1, "TOC", None, vec![]),
        ]);
        let found: Vec<_> = numbers.sections.iter().map(|s| (s.number.as_str(), s.id.as_str())).collect();
        let expected = [
            ("1.", "intro"),
            ("1.1", "first-part"),
            ("1.1.1", "deep"),
            ("1.2", "first-part-2"),
            ("2.", "intro-2"),
            ("2.1", "four"),
            ("2.1.1", "five"),
            ("3.", "section"),
            ("4.", "toc-2"),
        ];
        assert_eq!(found, expected);
        assert_eq!(numbers.sections.get(2).unwrap().parent, Some(1));
    }

    #[test]
    fn listings_are_counted_apart_and_named_stably() {
        let at = At::new();
        let numbers = of_body(vec![
            at.section(1, "A", None, vec![at.listing(ListingKind::Example, "A picture!", None)]),
            at.listing(ListingKind::Code, "3", None),
            at.listing(ListingKind::Example, "", None),
            at.section(1, "B", None, vec![at.listing(ListingKind::Example, "Any", Some("ex-a-picture"))]),
            at.listing(ListingKind::Code, "2", None),
        ]);
        let found: Vec<_> = numbers.listings.iter().map(|l| (l.id.as_str(), l.name.as_deref().unwrap_or(""))).collect();
        let expected = [
            ("example-1", "ex-a-picture-2"),
            ("code-1", "code-3"),
            ("example-2", ""),
            ("example-3", "ex-a-picture"),
            ("code-2", "code-2-2"),
        ];
        assert_eq!(found, expected);
        let sections: Vec<_> = numbers.listings.iter().map(|listing| listing.sections.clone()).collect();
        assert_eq!(sections, [vec![0], vec![], vec![], vec![1], vec![]]);
        assert_eq!(numbers.listing("ex-a-picture").unwrap().number, 3);
    }

    #[test]
    fn equal_notes_share_a_number_from_the_header_on() {
        let at = At::new();
        let nested = Inline::Note(vec![Inline::Text(at.text("outer ")), at.note("inner")]);
        let remark = vec![at.paragraph(None, vec![at.note("of the header")])];
        let mut document = Document {
            body: vec![at.paragraph(
                None,
                vec![at.note("one"), nested, at.note("of the header"), at.note("one"), at.note("inner")],
            )],
            ..Document::default()
        };
        document.header.revisions.push(Revision { remark, ..Revision::default() });
        let numbers = Numbers::of(&document);
        let found: Vec<_> = all_notes(&document).into_iter().map(|note| numbers.note(note)).collect();
        assert_eq!(found, [1, 2, 3, 4, 1, 2, 4].map(Some));
        assert_eq!(notes(&document).len(), 4);
        let inner = [Inline::Text(at.text("inner"))];
        assert_eq!((numbers.note_shown(&inner, 0), numbers.note_shown(&inner, 1)), (Some(3), Some(4)));
    }

    #[test]
    fn requirements_and_revisions_have_ids_of_their_own() {
        let at = At::new();
        let mut document = Document {
            body: vec![at.paragraph(Some("req-a"), vec![]), at.paragraph(Some("req-a"), vec![])],
            ..Document::default()
        };
        for version in ["0.2", "0.1", "0.1"] {
            document.header.revisions.push(Revision { version: at.text(version), ..Revision::default() });
        }
        let numbers = Numbers::of(&document);
        assert_eq!(numbers.requirements, ["req-a", "req-a-2"]);
        let revisions = ["revision-history-v0.2", "revision-history-v0.1", "revision-history-v0.1-2"];
        assert_eq!(numbers.revisions, revisions);
    }

    #[test]
    fn ids_made_from_text_are_short_words() {
        assert_eq!(slug("The <envelope/> of \u{e9}t\u{e9}"), "the-envelope-of-\u{e9}t\u{e9}");
        assert_eq!(slug("..."), "");
        assert_eq!(slug(&"word ".repeat(100)).len(), 59);
        assert_eq!(slug(&"w".repeat(100)).len(), 60);
    }
}
