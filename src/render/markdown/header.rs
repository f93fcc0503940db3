//! The header.

use super::{Writer, escape, listing, yaml};
use crate::document::{Author, Block, Document, Entity, Field, Inline, Legal, Revision, settled, walk};
use crate::render::xep_xml;

/// Lines of YAML.
#[derive(Default)]
struct Yaml {
    out: String,
}

impl Yaml {
    fn entry(&mut self, key: &str, value: &str) {
        self.out.push_str(&format!("{key}: {}\n", yaml::scalar(value, 2)));
    }

    fn optional(&mut self, key: &str, value: Option<&Field>) {
        if let Some(value) = value {
            self.entry(key, value.as_str());
        }
    }

    fn flag(&mut self, key: &str, set: bool) {
        if set {
            self.entry(key, "true");
        }
    }

    fn list(&mut self, key: &str, values: &[Field]) {
        match values {
            [] => self.out.push_str(&format!("{key}: []\n")),
            values => {
                self.out.push_str(&format!("{key}:\n"));
                values.iter().for_each(|value| self.item(value.as_str()));
            }
        }
    }

    fn item(&mut self, value: &str) {
        self.out.push_str(&format!("  - {}\n", yaml::scalar(value, 4)));
    }

    /// A mapping as an item of a list.
    fn mapping(&mut self, entries: &[(&str, String)]) {
        for (at, (key, value)) in entries.iter().enumerate() {
            let mark = if at == 0 { "  - " } else { "    " };
            let space = if value.starts_with('\n') { "" } else { " " };
            self.out.push_str(&format!("{mark}{key}:{space}{value}\n"));
        }
    }
}

impl Writer<'_> {
    /// The header with its marks.
    pub(super) fn header(&self, document: &Document) -> String {
        let header = &document.header;
        let mut yaml = Yaml::default();
        yaml.entry("title", header.title.as_str());
        yaml.entry("abstract", header.abstract_.as_str());
        self.legal(&header.legal, &mut yaml);
        yaml.entry("number", header.number.as_str());
        yaml.entry("status", header.status.as_str());
        if !header.last_calls.is_empty() {
            yaml.list("lastcall", &header.last_calls);
        }
        yaml.flag("interim", header.interim);
        yaml.entry("type", header.type_.as_str());
        yaml.entry("sig", header.sig.as_str());
        if !header.approvers.is_empty() {
            yaml.list("approver", &header.approvers);
        }
        yaml.list("dependencies", &header.dependencies);
        yaml.list("supersedes", &header.supersedes);
        yaml.list("supersededby", &header.superseded_by);
        yaml.entry("shortname", header.shortname.as_str());
        if let Some(tags) = &header.tags {
            yaml.list("tags", tags);
        }
        schema_locations(&header.schema_locations, &mut yaml);
        yaml.flag("registry", header.registry);
        yaml.optional("discuss", header.discuss.as_ref());
        yaml.optional("expires", header.expires.as_ref());
        yaml.out.push_str("author:\n");
        header.authors.iter().for_each(|author| self::author(author, &mut yaml));
        yaml.out.push_str("revision:\n");
        header.revisions.iter().for_each(|revision| self.revision(revision, &mut yaml));
        yaml.optional("councilnote", header.council_note.as_ref());
        yaml.optional("profiles", header.profiles.as_ref());
        yaml.out.push_str(&entities(&document.entities));
        format!("---\n{}---\n", yaml.out)
    }

    fn legal(&self, legal: &Legal, yaml: &mut Yaml) {
        match legal {
            Legal::Missing => {}
            Legal::Reference { entity, .. } => match entity.as_str() {
                "LEGALNOTICE" => yaml.entry("legal", "xsf"),
                "PUBLICDOMAINNOTICE" => yaml.entry("legal", "public-domain"),
                name => yaml.entry("legal", name),
            },
            Legal::Parts(parts) => {
                yaml.out.push_str("legal:\n");
                for (name, text) in parts {
                    yaml.out.push_str(&format!(
                        "  {name}: {}\n",
                        yaml::scalar(&self.one_line(text).unwrap_or_else(|| walk::plain_text(text)), 4)
                    ));
                }
            }
        }
    }

    fn revision(&self, revision: &Revision, yaml: &mut Yaml) {
        let mut entries = vec![
            ("version", yaml::scalar(revision.version.as_str(), 6)),
            ("date", yaml::scalar(revision.date.as_str(), 6)),
            ("initials", yaml::scalar(revision.initials.as_str(), 6)),
        ];
        if !revision.remark.is_empty() {
            entries.push(("remark", self.remark(&revision.remark)));
        }
        yaml.mapping(&entries);
    }

    fn remark(&self, blocks: &[Block]) -> String {
        if let [Block::Plain(text)] = blocks
            && let Some(text) = self.one_line(text)
        {
            return format!("\n      text: {}", yaml::scalar(&text, 8));
        }
        let lines: Option<Vec<String>> = blocks.iter().map(|block| self.one_line(bare_paragraph(block)?)).collect();
        match lines.as_deref() {
            Some([line]) => return yaml::scalar(line, 6),
            Some(lines) => return lines.iter().map(|line| format!("\n      - {}", yaml::scalar(line, 8))).collect(),
            None => {}
        }
        let text = self.alone(blocks);
        let text = text.unwrap_or_else(|| listing::fenced("{.xep-xml}", &xep_xml::fragment(blocks)));
        yaml::literal(&text, 6)
    }

    /// Running text as a paragraph of its own on one line; none where Markdown cannot say it so.
    fn one_line(&self, text: &[Inline]) -> Option<String> {
        let mut writer = self.fresh();
        let line = escape::line_start(&writer.words(text)?.one_line()?);
        let reads_well = matches!(
            self.read_again(&line).body.as_slice(),
            [Block::Paragraph(again)] if again.requirement.is_none() && settled(&again.text) == settled(text)
        );
        (reads_well && writer.notes.waiting.is_empty()).then_some(line)
    }

    /// Blocks as a text of their own; none where Markdown cannot say them.
    fn alone(&self, blocks: &[Block]) -> Option<String> {
        let mut writer = self.fresh();
        let text = writer.group_text(blocks, &[])?;
        self.reads_as(&text, blocks).then(|| text.trim_end().to_owned())
    }

    fn fresh(&self) -> Writer<'_> {
        Writer { shared: self.shared, entities: self.entities.clone(), ..Writer::default() }
    }
}

/// The text of a paragraph that is nothing but text.
fn bare_paragraph(block: &Block) -> Option<&[Inline]> {
    match block {
        Block::Paragraph(paragraph) if paragraph.attributes.is_empty() && paragraph.requirement.is_none() => {
            Some(&paragraph.text)
        }
        _ => None,
    }
}

fn schema_locations(locations: &[(Option<Field>, Field)], yaml: &mut Yaml) {
    if locations.is_empty() {
        return;
    }
    yaml.out.push_str("schemaloc:\n");
    for (namespace, url) in locations {
        match namespace {
            None => yaml.item(url.as_str()),
            Some(namespace) => {
                yaml.mapping(&[("ns", yaml::scalar(namespace.as_str(), 6)), ("url", yaml::scalar(url.as_str(), 6))])
            }
        }
    }
}

fn author(author: &Author, yaml: &mut Yaml) {
    if let Some(entity) = &author.entity {
        return yaml.item(entity);
    }
    let value = |field: &Field| yaml::scalar(field.as_str(), 6);
    let mut entries = vec![("firstname", value(&author.first_name)), ("surname", value(&author.surname))];
    entries.extend(author.note.then(|| ("authornote", "true".to_owned())));
    let others = [("org", &author.org), ("email", &author.email), ("jid", &author.jid), ("uri", &author.uri)];
    entries.extend(others.into_iter().filter_map(|(key, field)| Some((key, value(field.as_ref()?)))));
    yaml.mapping(&entries);
}

/// The document's own entities; nothing where there are none.
pub(super) fn entities(entities: &[Entity]) -> String {
    let mut out = String::new();
    for entity in entities {
        if out.is_empty() {
            out.push_str("entities:\n");
        }
        let value = match characters(entity) {
            Some(text) => yaml::scalar(&text, 4),
            None => format!("{{xml: {}}}", yaml::quoted(entity.value.as_str())),
        };
        out.push_str(&format!("  {}: {value}\n", entity.name));
    }
    out
}

/// Whether an entity cannot be said as the characters that it stands for.
pub(super) fn holds_markup(entity: &Entity) -> bool {
    characters(entity).is_none()
}

/// The characters that an entity stands for, if its declaration is how these characters are declared.
fn characters(entity: &Entity) -> Option<String> {
    let value = entity.value.as_str();
    let text = value
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#34;", "\"")
        .replace("&#37;", "%")
        .replace("&amp;", "&");
    (crate::read::markdown::entity_value(&text) == value && text.trim() == text).then_some(text)
}
