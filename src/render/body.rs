//! Blocks and running text as HTML. Nothing of a document is dropped but comments and instructions.

use std::collections::{BTreeMap, HashSet};

use super::facts::ListingFacts;
use super::html::{fragment, image_source, link_target, push_attribute, push_attributes, push_escaped};
use super::input::PageInput;
use super::listing::{Code, FindingsByExample, Shown, by_example, coloured, findings_of, trimmed};
use crate::document::key_words;
use crate::document::number::Numbers;
use crate::document::{
    Attributes, Block, Cell, Container, Definitions, Inline, List, Listing, Paragraph, Row, Section, Table,
};
use crate::series::SeriesPlace;
use crate::source::Spanned;

/// Writes the blocks of one document, in document order: the numbers are taken as the blocks come.
pub struct Body<'a> {
    numbers: &'a Numbers,
    facts: &'a BTreeMap<String, ListingFacts>,
    findings: FindingsByExample<'a>,
    series: Option<SeriesPlace<'a>>,
    out: String,
    sections: usize,
    listings: usize,
    tables: usize,
    requirements: usize,
    /// The notes that were referred to already.
    noted: HashSet<usize>,
    /// In how many links the text stands; HTML knows no link in a link.
    links: usize,
    /// Whether the text is that of a note.
    in_note: bool,
    /// Whether the blocks belong to the body; what stands in the header has no numbers.
    numbered: bool,
    /// The ids of the open sections, each with the number of its blocks so far that require something.
    required: Vec<(&'a str, usize)>,
    /// The ids of the page that look as if they were made here.
    alike: Vec<&'a str>,
    /// Where the words lead that say what is required, in a block that can be linked to.
    requirement: Option<String>,
}

impl<'a> Body<'a> {
    /// A writer at the beginning of a document.
    pub fn new(input: &PageInput<'a>) -> Body<'a> {
        Body {
            numbers: input.numbers,
            facts: input.facts,
            findings: by_example(input.findings),
            series: input.series,
            out: String::new(),
            sections: 0,
            listings: 0,
            tables: 0,
            requirements: 0,
            noted: HashSet::new(),
            links: 0,
            in_note: false,
            numbered: true,
            required: Vec::new(),
            alike: input.numbers.ids().filter(|id| id.contains(REQUIRING)).collect(),
            requirement: None,
        }
    }

    /// The HTML of the document's body.
    pub fn body(&mut self, blocks: &[Block]) -> String {
        self.numbered = true;
        self.blocks(blocks);
        std::mem::take(&mut self.out)
    }

    /// The HTML of blocks of the header.
    pub fn header_blocks(&mut self, blocks: &[Block]) -> String {
        self.numbered = false;
        self.blocks(blocks);
        std::mem::take(&mut self.out)
    }

    /// The HTML of a note.
    pub fn note(&mut self, text: &[Inline]) -> String {
        self.in_note = true;
        let html = self.text(text);
        self.in_note = false;
        html
    }

    /// The HTML of running text.
    pub fn text(&mut self, text: &[Inline]) -> String {
        self.inlines(text);
        std::mem::take(&mut self.out)
    }

    fn open(&mut self, name: &str, attributes: &Attributes) {
        self.out.push('<');
        self.out.push_str(name);
        push_attributes(&mut self.out, attributes);
        self.out.push('>');
    }

    fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn blocks(&mut self, blocks: &[Block]) {
        blocks.iter().for_each(|block| self.block(block))
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Section(section) => self.section(section),
            Block::Paragraph(paragraph) => self.paragraph(paragraph),
            Block::Plain(text) => self.inlines(text),
            Block::List(list) => self.list(list),
            Block::Definitions(definitions) => self.definitions(definitions),
            Block::Table(table) => self.table(table),
            Block::Listing(listing) => self.listing(listing),
            Block::Quote(container) => self.container("blockquote", container),
            Block::Division(container) => self.container("div", container),
            Block::Vulnerability { attributes, text, .. } => self.vulnerability(attributes, text),
            Block::Unknown { attributes, blocks, .. } => {
                self.open("div", attributes);
                self.blocks(blocks);
                self.close("div");
            }
            Block::Comment(_) | Block::Instruction(..) => {}
        }
    }

    fn section(&mut self, section: &Section) {
        let number = self.numbers.sections.get(self.sections).filter(|_| self.numbered);
        self.sections += usize::from(self.numbered);
        let heading = format!("h{}", section.level.clamp(1, 5) + 1);
        self.out.push_str("\n<section");
        if let Some(number) = number {
            push_attribute(&mut self.out, "id", &number.id);
        }
        self.out.push_str(">\n<");
        self.out.push_str(&heading);
        self.out.push('>');
        if let Some(number) = number {
            push_escaped(&mut self.out, &number.number);
            self.out.push(' ');
        }
        push_escaped(&mut self.out, section.topic.as_str());
        if let Some(number) = number {
            // The XSF's pages have no such link below the third level.
            self.anchor(&number.id, "this section", section.level >= 4);
        }
        self.close(&heading);
        self.required.extend(number.map(|number| (number.id.as_str(), 0)));
        self.blocks(&section.blocks);
        if number.is_some() {
            self.required.pop();
        }
        self.out.push_str("\n</section>");
    }

    /// A link to a place, beside that place.
    fn anchor(&mut self, id: &str, what: &str, extra: bool) {
        self.out.push_str(if extra { "<a class=\"anchor\" data-extra" } else { "<a class=\"anchor\"" });
        push_attribute(&mut self.out, "href", &fragment(id));
        push_attribute(&mut self.out, "aria-label", &format!("Link to {what}"));
        self.out.push_str(">¶</a>");
    }

    fn paragraph(&mut self, paragraph: &Paragraph) {
        self.out.push_str("\n<p");
        let id = self.requirement(paragraph.requirement.as_ref());
        let outer = self.begin_requiring(id.as_deref(), &paragraph.text);
        push_attributes(&mut self.out, &paragraph.attributes);
        self.out.push('>');
        self.inlines(&paragraph.text);
        self.requirement = outer;
        self.requirement_anchor(id);
        self.close("p");
    }

    /// Makes a block that requires something one that can be linked to, by its author's id or by its place in the section:
    /// writes that into the open tag. Answers where the words led before.
    fn begin_requiring(&mut self, given: Option<&str>, text: &[Inline]) -> Option<String> {
        let link = match given {
            Some(id) => Some(fragment(id)),
            None => self.place(text).map(|id| {
                push_attribute(&mut self.out, "id", &id);
                fragment(&id)
            }),
        };
        std::mem::replace(&mut self.requirement, link)
    }

    /// The id of the next block of the open section that requires something, if the text does.
    fn place(&mut self, text: &[Inline]) -> Option<String> {
        if !self.numbered || self.in_note || !key_words::stands_in(text) {
            return None;
        }
        let (section, count) = self.required.last_mut()?;
        loop {
            *count += 1;
            let id = format!("{section}{REQUIRING}{count}");
            if !self.alike.contains(&id.as_str()) {
                return Some(id);
            }
        }
    }

    /// Text whose words that say what is required lead to the block that they stand in.
    fn requiring(&mut self, text: &str) {
        let link = self.requirement.as_deref().filter(|_| self.links == 0);
        let mut at = 0;
        while let Some((link, range)) = link.and_then(|link| Some((link, key_words::next(text, at)?))) {
            push_escaped(&mut self.out, text.get(at..range.start).unwrap_or(""));
            self.out.push_str("<a class=\"req\"");
            push_attribute(&mut self.out, "href", link);
            self.out.push('>');
            push_escaped(&mut self.out, text.get(range.clone()).unwrap_or(""));
            self.out.push_str("</a>");
            at = range.end;
        }
        push_escaped(&mut self.out, text.get(at..).unwrap_or(""));
    }

    /// Writes the id of a requirement into the open tag.
    fn requirement(&mut self, id: Option<&Spanned<String>>) -> Option<String> {
        id.filter(|_| self.numbered)?;
        let id = self.numbers.requirements.get(self.requirements).cloned();
        self.requirements += 1;
        if let Some(id) = &id {
            push_attribute(&mut self.out, "id", id);
        }
        id
    }

    fn requirement_anchor(&mut self, id: Option<String>) {
        if let Some(id) = id {
            self.out.push_str("<span class=\"requirement\" data-extra>");
            self.anchor(&id, &format!("requirement {id}"), false);
            self.out.push_str("</span>");
        }
    }

    fn list(&mut self, list: &List) {
        let name = if list.ordered { "ol" } else { "ul" };
        self.out.push('\n');
        self.open(name, &list.attributes);
        for item in &list.items {
            self.out.push_str("\n<li");
            let id = self.requirement(item.requirement.as_ref());
            let outer = self.begin_requiring(id.as_deref(), first_text(&item.blocks));
            push_attributes(&mut self.out, &item.attributes);
            self.out.push('>');
            self.item_blocks(&item.blocks, id);
            self.requirement = outer;
            self.close("li");
        }
        self.close(name);
    }

    /// The blocks of an item; the link to its requirement stands after the text that begins it.
    fn item_blocks(&mut self, blocks: &[Block], id: Option<String>) {
        let (first, rest) = match blocks {
            [Block::Plain(text), rest @ ..] => (Some(text), rest),
            _ => (None, blocks),
        };
        if let Some(text) = first {
            self.inlines(text);
        }
        self.requirement_anchor(id);
        self.blocks(rest)
    }

    fn definitions(&mut self, definitions: &Definitions) {
        self.out.push('\n');
        self.open("dl", &definitions.attributes);
        for item in &definitions.items {
            self.out.push_str("\n<dt>");
            self.inlines(&item.term);
            self.out.push_str("</dt><dd");
            let outer = self.begin_requiring(None, first_text(&item.meaning));
            self.out.push('>');
            self.blocks(&item.meaning);
            self.requirement = outer;
            self.out.push_str("</dd>");
        }
        self.close("dl");
    }

    fn container(&mut self, name: &str, container: &Container) {
        self.out.push('\n');
        self.open(name, &container.attributes);
        self.blocks(&container.blocks);
        self.close(name);
    }

    fn vulnerability(&mut self, attributes: &Attributes, text: &[Inline]) {
        let value = |name: &str| attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
        let id = format!("CVE-{}", value("id"));
        self.out.push_str("\n<p class=\"vulnerability\">");
        self.link(value("url"), &id);
        self.out.push_str(" (");
        self.link(&format!("https://nvd.nist.gov/vuln/detail/{id}"), "NIST");
        self.out.push_str(", ");
        self.link(&format!("https://www.cve.org/CVERecord?id={id}"), "Mitre");
        self.out.push_str(") ");
        self.inlines(text);
        self.close("p");
    }

    fn link(&mut self, url: &str, text: &str) {
        self.open_link(url);
        push_escaped(&mut self.out, text);
        self.close_link(url);
    }

    /// Opens a link, or shows where a link that cannot be offered would have led.
    fn open_link(&mut self, url: &str) {
        self.links += 1;
        match link_target(url).filter(|_| self.links == 1) {
            Some(target) => {
                self.out.push_str("<a");
                push_attribute(&mut self.out, "href", target);
            }
            None => {
                self.out.push_str("<span class=\"no-link\"");
                push_attribute(&mut self.out, "title", url);
            }
        }
        self.out.push('>');
    }

    fn close_link(&mut self, url: &str) {
        self.links -= 1;
        self.close(if self.links == 0 && link_target(url).is_some() { "a" } else { "span" });
    }

    fn table(&mut self, table: &Table) {
        let number = self.numbers.tables.get(self.tables).filter(|_| self.numbered);
        self.tables += usize::from(self.numbered);
        self.out.push_str("\n<figure class=\"table\"");
        if let Some(number) = number {
            push_attribute(&mut self.out, "id", &number.id);
        }
        self.out.push('>');
        if let Some(number) = number {
            let caption = table.caption.as_ref().map_or("", |caption| caption.as_str());
            let place = number.name.as_deref().unwrap_or(&number.id);
            self.out.push_str("<figcaption>");
            self.second_id(number.name.as_deref());
            push_escaped(&mut self.out, &format!("Table {}: {caption}", number.number));
            self.anchor(place, "this table", false);
            self.out.push_str("</figcaption>");
        }
        self.out.push_str("\n<div class=\"scroll\" tabindex=\"0\">");
        self.open("table", &table.attributes);
        table.rows.iter().for_each(|row| self.row(row));
        self.out.push_str("\n</table></div></figure>");
    }

    fn second_id(&mut self, id: Option<&str>) {
        if let Some(id) = id {
            self.out.push_str("<span");
            push_attribute(&mut self.out, "id", id);
            self.out.push_str("></span>");
        }
    }

    fn row(&mut self, row: &Row) {
        self.out.push('\n');
        self.open("tr", &row.attributes);
        let head = row.cells.iter().all(|cell| cell.heading);
        row.cells.iter().for_each(|cell| self.cell(cell, head));
        self.close("tr");
    }

    fn cell(&mut self, cell: &Cell, head: bool) {
        let name = if cell.heading { "th" } else { "td" };
        self.out.push('<');
        self.out.push_str(name);
        if cell.heading {
            push_attribute(&mut self.out, "scope", if head { "col" } else { "row" });
        }
        push_attributes(&mut self.out, &cell.attributes);
        self.out.push('>');
        self.blocks(&cell.blocks);
        self.close(name);
    }

    fn inlines(&mut self, text: &[Inline]) {
        for piece in text {
            self.inline(piece);
        }
    }

    fn inline(&mut self, piece: &Inline) {
        match piece {
            Inline::Text(text) if self.requirement.is_some() => self.requiring(text.as_str()),
            Inline::Text(text) => push_escaped(&mut self.out, text.as_str()),
            Inline::Emphasis(text) => self.wrapped("em", text),
            Inline::Strong(text) => self.wrapped("strong", text),
            Inline::Code(text) => {
                let outer = self.requirement.take();
                self.wrapped("code", text);
                self.requirement = outer;
            }
            Inline::Link { url, text } => {
                self.open_link(url.as_str());
                self.inlines(text);
                self.close_link(url.as_str());
            }
            Inline::Note(text) => self.note_reference(text),
            Inline::Break => self.out.push_str("<br>"),
            Inline::Image(attributes) => self.image(attributes),
            Inline::Element { name, attributes, text } => {
                let name = text_element(name);
                self.open(name, attributes);
                self.inlines(text);
                self.close(name);
            }
            Inline::Reference { name, expansion, .. } if expansion.is_empty() => {
                push_escaped(&mut self.out, &format!("&{name};"));
            }
            Inline::Reference { expansion, .. } => self.inlines(expansion),
            Inline::Comment(_) | Inline::Instruction(..) => {}
        }
    }

    fn wrapped(&mut self, name: &str, text: &[Inline]) {
        self.open(name, &Vec::new());
        self.inlines(text);
        self.close(name);
    }

    fn note_reference(&mut self, text: &[Inline]) {
        let Some(number) = self.numbers.note(text) else { return self.inlines(text) };
        let shown = self.numbers.note_shown(text, usize::from(self.in_note)).unwrap_or(number);
        let name = if self.links == 0 { "a" } else { "span" };
        self.out.push_str(&format!(" <{name} class=\"note\""));
        if self.noted.insert(number) {
            push_attribute(&mut self.out, "id", &format!("note-{number}-place"));
        }
        if self.links == 0 {
            push_attribute(&mut self.out, "href", &format!("#note-{number}"));
        }
        self.out.push_str(&format!(">[{shown}]</{name}>"));
    }

    fn image(&mut self, attributes: &Attributes) {
        let value = |name: &str| attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let source = value("src").unwrap_or("");
        let Some(shown) = image_source(source) else {
            return self.link(source, value("alt").filter(|alt| !alt.trim().is_empty()).unwrap_or(source));
        };
        self.out.push_str("<img");
        push_attribute(&mut self.out, "src", shown);
        push_attribute(&mut self.out, "alt", value("alt").unwrap_or(""));
        push_attributes(&mut self.out, attributes);
        self.out.push('>');
    }

    fn listing(&mut self, listing: &Listing) {
        let number = self.numbers.listings.get(self.listings).filter(|_| self.numbered);
        self.listings += usize::from(self.numbered);
        let facts = number.and_then(|number| self.facts.get(&number.id));
        let code = self.code(listing, facts);
        let findings = findings_of(&self.findings, number);
        Shown { listing, number, facts, findings, code, series: self.series }.write(&mut self.out);
    }

    fn code(&mut self, listing: &Listing, facts: Option<&ListingFacts>) -> Code {
        if !listing.markup.is_empty() {
            let outer = std::mem::take(&mut self.out);
            self.inlines(&listing.markup);
            let code = std::mem::replace(&mut self.out, outer);
            return Code { html: trimmed(&code).to_owned(), wraps: false };
        }
        let stored = facts.map(|facts| facts.text.as_str()).filter(|text| !text.is_empty());
        let text = trimmed(stored.unwrap_or(listing.text.as_str()));
        let language = listing.language.as_ref().map(|language| language.value.as_str());
        let syntax = facts.map(|facts| facts.syntax.as_str()).filter(|syntax| !syntax.is_empty()).or(language);
        coloured(text, syntax, self.series)
    }
}

/// What stands between the id of a section and the number of a block in it that requires something.
const REQUIRING: &str = ".p";

/// The text with which blocks begin, where they begin with loose text.
fn first_text(blocks: &[Block]) -> &[Inline] {
    match blocks {
        [Block::Plain(text), ..] => text,
        _ => &[],
    }
}

/// The HTML element for an element in running text; the page knows no others.
fn text_element(name: &str) -> &str {
    const KNOWN: [&str; 20] = [
        "cite", "span", "dfn", "abbr", "sub", "sup", "b", "i", "u", "s", "q", "small", "kbd", "var", "samp", "em",
        "strong", "code", "del", "ins",
    ];
    match name {
        "acronym" => "abbr",
        "tt" => "code",
        _ if KNOWN.contains(&name) => name,
        _ => "span",
    }
}
