//! Blocks.

use super::{Writer, escape};
use crate::document::{
    Attributes, Block, Cell, Container, Definitions, Directives, Inline, Item, List, Listing, ListingKind, Paragraph,
    Row, Section, Table, walk,
};
use crate::read::{series, xep_xml::directives::pseudo_attributes};
use crate::source::MappedText;

/// The deepest section that the DTD has.
const DEEPEST: u8 = 5;

/// The element in which blocks stand, which decides what can stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Body,
    Section(u8),
    Division,
    Quote,
    Item,
    Meaning,
    Cell,
    Remark,
    /// A place that holds whatever is put there.
    Anywhere,
}

impl Place {
    /// The element's name, for what its text may hold.
    fn element(self) -> &'static str {
        match self {
            Place::Item => "li",
            Place::Meaning => "dd",
            Place::Cell => "td",
            Place::Quote => "blockquote",
            Place::Body | Place::Section(_) | Place::Division | Place::Remark | Place::Anywhere => "",
        }
    }

    /// Whether all blocks can stand there.
    fn is_roomy(self) -> bool {
        matches!(self, Place::Body | Place::Section(_) | Place::Division | Place::Anywhere)
    }

    /// Whether text can stand there without a paragraph.
    fn has_text(self) -> bool {
        !matches!(self, Place::Body | Place::Section(_))
    }
}

impl Writer {
    /// Blocks, each on lines of its own.
    pub(super) fn block_lines(&mut self, blocks: &[Block], place: Place) {
        for (at, block) in blocks.iter().enumerate() {
            if at > 0 && matches!(block, Block::Section(_)) {
                self.push("\n");
            }
            self.new_line();
            self.block(block, place);
            self.push("\n");
        }
    }

    /// What an element holds between its tags. White space counts where text stands beside blocks: then none is added.
    pub(super) fn children(&mut self, blocks: &[Block], place: Place) {
        let place = if self.exact { Place::Anywhere } else { place };
        let is_text = |block: &Block| matches!(block, Block::Plain(_));
        if place.has_text() && blocks.iter().any(is_text) {
            let mut text_before = false;
            for block in blocks {
                match block {
                    Block::Plain(text) if text_before => self.paragraph_of(text, place),
                    block => self.block(block, place),
                }
                text_before = is_text(block);
            }
        } else if !blocks.is_empty() {
            self.push("\n");
            self.inside(|writer| writer.block_lines(blocks, place));
            self.new_line();
        }
    }

    fn block(&mut self, block: &Block, place: Place) {
        let allowed = std::mem::take(&mut self.allowed);
        match block {
            Block::Comment(_) => self.allowed = allowed,
            Block::Instruction(target, text) if target == "allow" => {
                self.allowed = allowed;
                self.allowed.extend(allowances(text));
            }
            Block::Listing(listing) => return self.listing(listing, &allowed, place),
            _ => {}
        }
        match block {
            Block::Section(section) => self.section(section, place),
            Block::Paragraph(paragraph) => self.paragraph(paragraph, place),
            Block::Plain(text) if matches!(place, Place::Remark | Place::Division | Place::Anywhere) => {
                self.inlines(text, "")
            }
            Block::Plain(text) if place.has_text() => self.inlines(text, place.element()),
            Block::Plain(text) => self.paragraph_of(text, place),
            Block::List(list) => self.list(list, place),
            Block::Definitions(definitions) => self.definitions(definitions, place),
            Block::Table(table) => self.table(table, place),
            Block::Listing(_) => {}
            Block::Quote(quote) => self.quote(quote, place),
            Block::Division(division) => self.division(division, place),
            Block::Vulnerability { attributes, text, .. } if place.is_roomy() => {
                self.start("cve", attributes);
                self.inlines(text, "cve");
                self.push("</cve>");
            }
            Block::Vulnerability { text, .. } => self.paragraph_of(text, place),
            Block::Comment(text) => self.push(&escape::comment(text.as_str())),
            Block::Instruction(target, text) => self.push(&escape::instruction(target, text.as_str())),
            Block::Unknown { name, attributes, blocks, .. } => {
                self.start(name, attributes);
                self.children(blocks, Place::Division);
                self.push(&format!("</{}>", self.name(name)));
            }
        }
    }

    fn paragraph(&mut self, paragraph: &Paragraph, place: Place) {
        if place == Place::Quote {
            return self.inlines(&paragraph.text, "blockquote");
        }
        if let ([Inline::Reference { name, .. }], None) = (paragraph.text.as_slice(), &paragraph.requirement)
            && series::is_block(name)
        {
            return self.push(&format!("&{name};"));
        }
        self.start("p", &paragraph.attributes);
        self.requirement(paragraph.requirement.as_ref().map(|id| id.value.as_str()));
        self.inlines(&paragraph.text, "p");
        self.push("</p>");
    }

    fn paragraph_of(&mut self, text: &[Inline], place: Place) {
        if place == Place::Quote {
            self.push("\n");
            return self.inlines(text, "blockquote");
        }
        self.push("<p>");
        self.inlines(text, "p");
        self.push("</p>");
    }

    fn requirement(&mut self, id: Option<&str>) {
        if let Some(id) = id {
            self.push(&format!("<?requirement {}?>", escape::pseudo_attribute("id", id)));
        }
    }

    fn section(&mut self, section: &Section, place: Place) {
        let level = match place {
            Place::Body => 1,
            Place::Section(level) => level + 1,
            Place::Anywhere => section.level,
            _ => u8::MAX,
        };
        if level > DEEPEST {
            self.push(&format!("<p><strong>{}</strong></p>\n", escape::text(section.topic.as_str())));
            return self.block_lines(&section.blocks, place);
        }
        let mut attributes = vec![("topic".to_owned(), section.topic.clone())];
        attributes.extend(section.anchor.iter().map(|anchor| ("anchor".to_owned(), anchor.clone())));
        let name = format!("section{level}");
        self.start(&name, &attributes);
        self.children(&section.blocks, Place::Section(level));
        self.push(&format!("</{name}>"));
    }

    fn list(&mut self, list: &List, place: Place) {
        let name = if list.ordered && place != Place::Remark { "ol" } else { "ul" };
        if place == Place::Quote {
            return list.items.iter().for_each(|item| self.children(&item.blocks, place));
        }
        self.start(name, &list.attributes);
        self.push("\n");
        self.inside(|writer| {
            for (at, item) in list.items.iter().enumerate() {
                let kept = if at + 1 < list.items.len() { item.blocks.len() } else { strays(&item.blocks) };
                let (blocks, strays) = item.blocks.split_at_checked(kept).unwrap_or((&item.blocks, &[]));
                writer.item(item, blocks);
                writer.block_lines(strays, Place::Anywhere);
            }
        });
        self.new_line();
        self.push(&format!("</{name}>"));
    }

    fn item(&mut self, item: &Item, blocks: &[Block]) {
        self.new_line();
        self.start("li", &item.attributes);
        self.requirement(item.requirement.as_ref().map(|id| id.value.as_str()));
        self.children(blocks, Place::Item);
        self.push("</li>\n");
    }

    fn definitions(&mut self, definitions: &Definitions, place: Place) {
        if !place.is_roomy() {
            for item in &definitions.items {
                self.paragraph_of(&item.term, place);
                item.meaning.iter().for_each(|block| self.in_paragraph(block, place));
            }
            return;
        }
        self.start("dl", &definitions.attributes);
        self.push("\n");
        self.inside(|writer| {
            for item in &definitions.items {
                writer.line("<di>");
                writer.inside(|writer| {
                    writer.new_line();
                    writer.push("<dt>");
                    writer.inlines(&item.term, "dt");
                    writer.push("</dt>\n");
                    writer.new_line();
                    writer.push("<dd>");
                    writer.children(&item.meaning, Place::Meaning);
                    writer.push("</dd>\n");
                });
                writer.line("</di>");
            }
        });
        self.new_line();
        self.push("</dl>");
    }

    /// A block; loose text in a paragraph.
    fn in_paragraph(&mut self, block: &Block, place: Place) {
        match block {
            Block::Plain(text) => self.paragraph_of(text, place),
            other => self.block(other, place),
        }
    }

    fn table(&mut self, table: &Table, place: Place) {
        if !place.is_roomy() {
            return table.rows.iter().for_each(|row| self.row_as_text(row, place));
        }
        if let Some(id) = &table.id {
            self.push(&format!("<?table {}?>\n", escape::pseudo_attribute("id", &id.value)));
            self.new_line();
        }
        self.instruction_of("generated", &table.directives, |_, _| true);
        self.start("table", &with_caption(table.caption.as_ref(), &table.attributes));
        self.push("\n");
        self.inside(|writer| table.rows.iter().for_each(|row| writer.row(row)));
        self.new_line();
        self.push("</table>");
    }

    fn row(&mut self, row: &Row) {
        self.new_line();
        self.start("tr", &row.attributes);
        self.push("\n");
        self.inside(|writer| row.cells.iter().for_each(|cell| writer.cell(cell)));
        self.line("</tr>");
    }

    fn cell(&mut self, cell: &Cell) {
        self.new_line();
        if cell.heading {
            self.start("th", &cell.attributes);
            self.push(&escape::text(&walk::blocks_text(&cell.blocks)));
            return self.push("</th>\n");
        }
        self.start("td", &cell.attributes);
        self.children(&cell.blocks, Place::Cell);
        self.push("</td>\n");
    }

    fn row_as_text(&mut self, row: &Row, place: Place) {
        let cells: Vec<String> = row.cells.iter().map(|cell| walk::blocks_text(&cell.blocks)).collect();
        let text = escape::text(&cells.join(" | "));
        self.push(&if place == Place::Quote { text } else { format!("<p>{text}</p>") });
    }

    /// `allowed`: what instructions before the listing said already.
    fn listing(&mut self, listing: &Listing, allowed: &[(String, String)], place: Place) {
        let text = listing.trimmed_text();
        match place {
            Place::Quote => return self.push(&escape::text(text.as_str())),
            Place::Remark => return self.push(&format!("<p><tt>{}</tt></p>", escape::text(text.as_str()))),
            _ => {}
        }
        let mut said = allowed.to_vec();
        self.instruction_of("generated", &listing.directives, |name, _| is_source(name));
        self.instruction_of("example", &listing.directives, |name, value| {
            let at = said.iter().position(|(other, text)| other == name && text == value);
            at.map(|at| said.swap_remove(at)).is_none() && !is_source(name)
        });
        let name = match listing.kind {
            ListingKind::Example if place != Place::Cell => "example",
            _ => "code",
        };
        self.start(name, &with_caption(listing.caption.as_ref(), &listing.attributes));
        if !listing.markup.is_empty() {
            self.inlines(&listing.markup, name);
        } else if !text.is_empty() {
            self.push(&escape::cdata(&format!("\n{}\n", text.as_str())));
        }
        self.push(&format!("</{name}>"));
    }

    /// One instruction with the directives of which `wanted` holds, on a line of its own.
    fn instruction_of(&mut self, target: &str, directives: &Directives, mut wanted: impl FnMut(&str, &str) -> bool) {
        let is_data = |name: &str| name != "class";
        let attributes: Vec<String> = directives
            .iter()
            .filter(|(name, value)| is_data(name) && wanted(name, value.value.as_str()))
            .map(|(name, value)| escape::pseudo_attribute(name, value.value.as_str()))
            .collect();
        if !attributes.is_empty() {
            let is_line = self.out.ends_with([' ', '\n']);
            self.push(&format!("<?{target} {}?>", attributes.join(" ")));
            if is_line {
                self.push("\n");
                self.new_line();
            }
        }
    }

    fn quote(&mut self, quote: &Container, place: Place) {
        match place {
            Place::Anywhere => {
                self.start("blockquote", &quote.attributes);
                self.children(&quote.blocks, place);
                self.push("</blockquote>");
            }
            Place::Division | Place::Quote => {
                self.start("blockquote", &quote.attributes);
                self.quoted(&quote.blocks);
                self.push("</blockquote>");
            }
            Place::Body | Place::Section(_) => {
                self.push("<div>");
                self.quote(quote, Place::Division);
                self.push("</div>");
            }
            _ => quote.blocks.iter().for_each(|block| self.in_paragraph(block, place)),
        }
    }

    /// A quotation holds text and quotations alone.
    fn quoted(&mut self, blocks: &[Block]) {
        for (at, block) in blocks.iter().enumerate() {
            if at > 0 {
                self.push("\n");
            }
            self.block(block, Place::Quote);
        }
    }

    fn division(&mut self, division: &Container, place: Place) {
        match place {
            Place::Quote => self.quoted(&division.blocks),
            _ if place.is_roomy() => {
                self.start("div", &division.attributes);
                self.children(&division.blocks, Place::Division);
                self.push("</div>");
            }
            _ => division.blocks.iter().for_each(|block| self.in_paragraph(block, place)),
        }
    }
}

/// Where the comments and instructions at the end begin that would become a part of the text before them.
fn strays(blocks: &[Block]) -> usize {
    let is_stray = |block: &&Block| matches!(block, Block::Comment(_) | Block::Instruction(..));
    let kept = blocks.len() - blocks.iter().rev().take_while(is_stray).count();
    let is_text = kept.checked_sub(1).is_some_and(|last| matches!(blocks.get(last), Some(Block::Plain(_))));
    if is_text { kept } else { blocks.len() }
}

/// The directives that an `allow` before a listing gives it.
fn allowances(text: &MappedText) -> Vec<(String, String)> {
    let pairs = pseudo_attributes(text).into_iter();
    pairs.map(|(name, value, _)| (if name == "rule" { "allow".to_owned() } else { name }, value.to_string())).collect()
}

/// Whether a directive says where a body comes from.
fn is_source(name: &str) -> bool {
    matches!(name, "src" | "columns" | "where")
}

fn with_caption(caption: Option<&MappedText>, others: &Attributes) -> Attributes {
    let caption = caption.map(|caption| ("caption".to_owned(), caption.clone()));
    caption.into_iter().chain(others.iter().cloned()).collect()
}
