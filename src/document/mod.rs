//! A XEP as data: header, sections, blocks, inline text, tables, examples. Knows no syntax.
//!
//! Both readers produce this, every writer and page starts from it. Two documents are *equal as data* when they are `==`:
//! texts are compared without the places they come from, spans not at all.

use crate::source::{MappedText, Span, Spanned};

mod actor;
mod equal;
pub mod key_words;
pub mod number;
pub mod requirement;
pub mod walk;

pub use equal::settled;

/// A whole specification.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Document {
    /// Everything about the document.
    pub header: Header,
    /// The sections, and whatever stands between them.
    pub body: Vec<Block>,
    /// The general entities that the document declares itself, in order.
    pub entities: Vec<Entity>,
}

/// A general entity that the document declares itself.
#[derive(Clone, Debug)]
pub struct Entity {
    /// Its name.
    pub name: String,
    /// Its replacement text as XML (markup not yet parsed, `&lt;` kept as the author wrote it).
    pub value: MappedText,
    /// The declaration.
    pub span: Span,
}

/// Entities are compared by name and value.
impl PartialEq for Entity {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.value == other.value
    }
}

impl Eq for Entity {}

/// A value of the header: its text and where it stands.
pub type Field = MappedText;

/// What the document says about itself, with the names of the elements of `xep.dtd`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Header {
    /// The title.
    pub title: Field,
    /// The abstract.
    pub abstract_: Field,
    /// The legal notice.
    pub legal: Legal,
    /// The number, four digits or `XXXX`.
    pub number: Field,
    /// The status, for example `Experimental`.
    pub status: Field,
    /// Ends of last calls.
    pub last_calls: Vec<Field>,
    /// Whether `<interim/>` is there.
    pub interim: bool,
    /// The type, for example `Standards Track`.
    pub type_: Field,
    /// The special interest group.
    pub sig: Field,
    /// Who approves.
    pub approvers: Vec<Field>,
    /// Specifications that this one builds on.
    pub dependencies: Vec<Field>,
    /// What it supersedes.
    pub supersedes: Vec<Field>,
    /// What supersedes it.
    pub superseded_by: Vec<Field>,
    /// The short name.
    pub shortname: Field,
    /// Tags.
    pub tags: Option<Vec<Field>>,
    /// Where schemas lie: namespace, if given, and URL.
    pub schema_locations: Vec<(Option<Field>, Field)>,
    /// Whether `<registry/>` is there.
    pub registry: bool,
    /// The list where it is discussed.
    pub discuss: Option<Field>,
    /// When it expires.
    pub expires: Option<Field>,
    /// The authors.
    pub authors: Vec<Author>,
    /// The revisions, as written (newest first).
    pub revisions: Vec<Revision>,
    /// A note of the Council.
    pub council_note: Option<Field>,
    /// Default profiles of the document's examples; Markdown key `profiles`, or `<?profiles ...?>` in XEP-XML.
    pub profiles: Option<Field>,
    /// What the file says about its stylesheet before the root. Not compared as data: XEP-XML alone can say it.
    pub stylesheet: Stylesheet,
}

/// The line before the root of XEP-XML that names the stylesheet with which browsers show the file.
#[derive(Clone, Debug, Default)]
pub enum Stylesheet {
    /// The syntax has no such line.
    #[default]
    Unsaid,
    /// It is not there. The place is the start tag of the root.
    Missing(Span),
    /// What it says: `type='text/xsl' href='xep.xsl'`.
    Named {
        /// The text of the instruction.
        text: MappedText,
        /// All of it.
        span: Span,
    },
}

/// The legal notice of a document.
#[derive(Clone, Debug, Default)]
pub enum Legal {
    /// None is there.
    #[default]
    Missing,
    /// The XSF's notice, by reference (`legal: xsf`, `&LEGALNOTICE;`). The parts are there where a `xep.ent` supplies them.
    Reference {
        /// The entity's name.
        entity: String,
        /// What it expands to, part by part; empty where nothing supplies it. Not compared as data: see `LegalParts`.
        parts: LegalParts,
    },
    /// Written out: element name (`copyright`, ...) and text.
    Parts(Vec<(String, Vec<Inline>)>),
}

/// The expansion of a legal notice, which is no part of the document's own data: always equal to any other.
#[derive(Clone, Debug, Default)]
pub struct LegalParts(pub Vec<(String, Vec<Inline>)>);

impl PartialEq for LegalParts {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for LegalParts {}

/// An author.
#[derive(Clone, Debug, Default)]
pub struct Author {
    /// The reference that stands for the author in XEP-XML (`paulschaub`), if one does.
    pub entity: Option<String>,
    /// First name.
    pub first_name: Field,
    /// Surname.
    pub surname: Field,
    /// Whether `<authornote/>` is there.
    pub note: bool,
    /// Organisation.
    pub org: Option<Field>,
    /// Mail address.
    pub email: Option<Field>,
    /// XMPP address.
    pub jid: Option<Field>,
    /// Web address.
    pub uri: Option<Field>,
}

/// A revision.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Revision {
    /// The version.
    pub version: Field,
    /// The date, YYYY-MM-DD.
    pub date: Field,
    /// Initials of who made it.
    pub initials: Field,
    /// What changed.
    pub remark: Vec<Block>,
}

/// Attributes that have no place of their own (`class`, `style`, `align`, ...), in order.
pub type Attributes = Vec<(String, MappedText)>;

/// A block.
#[derive(Clone, Debug)]
pub enum Block {
    /// A section and all in it.
    Section(Section),
    /// A paragraph.
    Paragraph(Paragraph),
    /// Text that stands in a list item, cell or the like without a paragraph around it.
    Plain(Vec<Inline>),
    /// A list with or without numbers.
    List(List),
    /// A list of definitions.
    Definitions(Definitions),
    /// A table.
    Table(Table),
    /// An example or a code block.
    Listing(Box<Listing>),
    /// A quotation.
    Quote(Container),
    /// A `div`.
    Division(Container),
    /// A vulnerability report (`cve`).
    Vulnerability {
        /// `id`, `url`.
        attributes: Attributes,
        /// Its text.
        text: Vec<Inline>,
        /// The element.
        span: Span_,
    },
    /// A comment of the author.
    Comment(MappedText),
    /// A processing instruction that belongs to no block: target and text.
    Instruction(String, MappedText),
    /// An element that a XEP does not know, kept whole.
    Unknown {
        /// The element's name.
        name: String,
        /// Its attributes.
        attributes: Attributes,
        /// What it holds.
        blocks: Vec<Block>,
        /// The element.
        span: Span_,
    },
}

/// A span that does not count when data are compared.
#[derive(Clone, Copy, Debug)]
pub struct Span_(pub Span);

impl PartialEq for Span_ {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Span_ {}

/// A section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// 1 to 5.
    pub level: u8,
    /// The heading.
    pub topic: MappedText,
    /// The anchor that the author gave.
    pub anchor: Option<MappedText>,
    /// Blocks and sections inside.
    pub blocks: Vec<Block>,
    /// Heading line or start tag.
    pub span: Span_,
}

/// A paragraph.
#[derive(Clone, Debug)]
pub struct Paragraph {
    /// `class`, `style`.
    pub attributes: Attributes,
    /// The id of the requirement that this paragraph states.
    pub requirement: Option<Spanned<String>>,
    /// Its text.
    pub text: Vec<Inline>,
    /// All of it.
    pub span: Span_,
}

/// A list.
#[derive(Clone, Debug)]
pub struct List {
    /// `ol`, not `ul`.
    pub ordered: bool,
    /// `class`, `style`, `start`, `type`.
    pub attributes: Attributes,
    /// The items.
    pub items: Vec<Item>,
    /// All of it.
    pub span: Span_,
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// `class`, `style`.
    pub attributes: Attributes,
    /// The id of the requirement that this item states.
    pub requirement: Option<Spanned<String>>,
    /// Blocks; loose text is [`Block::Plain`].
    pub blocks: Vec<Block>,
    /// All of it.
    pub span: Span_,
}

/// A list of definitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definitions {
    /// The element's attributes.
    pub attributes: Attributes,
    /// Terms and what they mean.
    pub items: Vec<Definition>,
    /// All of it.
    pub span: Span_,
}

/// A term and its meaning.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The term.
    pub term: Vec<Inline>,
    /// The meaning.
    pub meaning: Vec<Block>,
}

/// A block with attributes and blocks inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// `class`, `style`.
    pub attributes: Attributes,
    /// What is inside.
    pub blocks: Vec<Block>,
    /// All of it.
    pub span: Span_,
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// The id that the author gave (Markdown `{#id}` on the caption).
    pub id: Option<Spanned<String>>,
    /// The caption.
    pub caption: Option<MappedText>,
    /// Other attributes.
    pub attributes: Attributes,
    /// Where its rows come from, if they are generated from data.
    pub directives: Directives,
    /// The rows. Empty in Markdown when they are generated, until `workspace` fills them.
    pub rows: Vec<Row>,
    /// All of it.
    pub span: Span_,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The row's attributes.
    pub attributes: Attributes,
    /// The cells.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Clone, Debug)]
pub struct Cell {
    /// `th`, not `td`.
    pub heading: bool,
    /// `colspan`, `rowspan`, `align`, `class`, ...
    pub attributes: Attributes,
    /// Blocks; loose text is [`Block::Plain`].
    pub blocks: Vec<Block>,
}

/// Whether a listing is an `<example>` or a `<code>`; they are counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListingKind {
    /// `<example>`: id `example-N`.
    Example,
    /// `<code>`: id `code-N`.
    Code,
}

/// An example or a code block.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Which.
    pub kind: ListingKind,
    /// The caption.
    pub caption: Option<MappedText>,
    /// Other attributes.
    pub attributes: Attributes,
    /// What the author says to the checker: `id`, `kind`, `seal`, `profile`, ... (see `Directives`).
    pub directives: Directives,
    /// The languages of a Markdown fence (`xml`), if given.
    pub language: Option<Spanned<String>>,
    /// The text. Of a generated listing: a stored copy, or empty.
    pub text: MappedText,
    /// The text with its markup, where a `<code>` has some; else empty.
    pub markup: Vec<Inline>,
    /// All of it, with the fence or the tags.
    pub span: Span_,
}

/// What the author says to the checker beside an example, table or code block: names and values, in order.
#[derive(Clone, Debug, Default)]
pub struct Directives {
    entries: Vec<(String, Spanned<MappedText>)>,
}

/// Directives are compared as a map, without `class`, which says in Markdown what `src` says in both syntaxes.
impl PartialEq for Directives {
    fn eq(&self, other: &Self) -> bool {
        let sorted = |directives: &Directives| {
            let mut entries: Vec<(String, String)> = directives
                .entries
                .iter()
                .filter(|(name, _)| name != "class")
                .map(|(name, value)| (name.clone(), value.value.as_str().to_owned()))
                .collect();
            entries.sort();
            entries
        };
        sorted(self) == sorted(other)
    }
}

impl Eq for Directives {}

impl Directives {
    /// Adds an entry. `span` is the whole `name=value`.
    pub fn push(&mut self, name: impl Into<String>, value: MappedText, span: Span) {
        self.entries.push((name.into(), Spanned::new(value, span)));
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Spanned<MappedText>> {
        self.entries.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The text of the value of a name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).map(|value| value.value.as_str())
    }

    /// All entries of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Spanned<MappedText>> {
        self.entries.iter().filter(move |(key, _)| key == name).map(|(_, value)| value)
    }

    /// All entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Spanned<MappedText>)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// A piece of running text.
#[derive(Clone, Debug)]
pub enum Inline {
    /// Text. White space as the author wrote it.
    Text(MappedText),
    /// `em`.
    Emphasis(Vec<Inline>),
    /// `strong`.
    Strong(Vec<Inline>),
    /// `tt`: code in running text.
    Code(Vec<Inline>),
    /// `link`.
    Link {
        /// The target.
        url: MappedText,
        /// The text.
        text: Vec<Inline>,
    },
    /// `note`: a note at the foot of the document.
    Note(Vec<Inline>),
    /// `br`.
    Break,
    /// `img`: `src`, `alt`, `height`, `width`.
    Image(Attributes),
    /// `cite`, `span`, `dfn`, `acronym` and whatever else stands in text, by element name.
    Element {
        /// The element's name.
        name: String,
        /// Its attributes.
        attributes: Attributes,
        /// What it holds.
        text: Vec<Inline>,
    },
    /// A reference to an entity that holds markup or that the series gives (`&xep0384;`): the name, and what it stands for.
    Reference {
        /// The entity's name.
        name: String,
        /// What it stands for.
        expansion: Vec<Inline>,
        /// The reference.
        span: Span_,
    },
    /// A comment.
    Comment(MappedText),
    /// A processing instruction: target and text.
    Instruction(String, MappedText),
}
