//! Declarations: the internal subset of a document type, and files of declarations such as `xep.ent`.

use super::scan::name_length;
use crate::finding::{Finding, Sink};
use crate::source::{FileId, MappedText, Sources, Span};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// How many parameter entities of a document may be replaced.
const MAX_PARAMETERS: usize = 256;

/// A general entity as it is declared.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// Its name.
    pub name: String,
    /// Its value between the quotes, as written; empty for an external one.
    pub value: MappedText,
    /// Its replacement text: the value with character references resolved. `None` for an external one.
    pub replacement: Option<String>,
    /// The declaration, from `<!ENTITY` to `>`.
    pub span: Span,
}

/// What a subset declares. Of two declarations of a name the first one counts.
#[derive(Clone, Debug, Default)]
pub struct Declarations {
    by_name: HashMap<String, usize>,
    list: Vec<Declaration>,
}

impl Declarations {
    /// Declarations of names with values as they would stand between quotes.
    pub fn new(values: impl IntoIterator<Item = (String, MappedText, Span)>) -> Declarations {
        let mut declarations = Declarations::default();
        for (name, value, span) in values {
            let replacement = Some(resolve_characters(value.as_str()));
            declarations.push(Declaration { name, value, replacement, span });
        }
        declarations
    }

    /// The declaration of a name.
    pub fn get(&self, name: &str) -> Option<&Declaration> {
        self.by_name.get(name).and_then(|&at| self.list.get(at))
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// All declarations that count, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Declaration> {
        self.list.iter()
    }

    /// All declarations that count, in order.
    pub fn into_list(self) -> Vec<Declaration> {
        self.list
    }

    fn push(&mut self, declaration: Declaration) {
        if !self.by_name.contains_key(&declaration.name) {
            self.by_name.insert(declaration.name.clone(), self.list.len());
            self.list.push(declaration);
        }
    }
}

/// What a file of declarations declares, such as `xep.ent`: more than a thousand entities, of which a document asks for some.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    text: Arc<String>,
    /// In the order of the names, each once.
    entries: Vec<Entry>,
    /// What parameter entities of the file declare.
    others: Declarations,
}

/// An entity of a catalogue, as it stands in the file.
#[derive(Clone, Debug)]
struct Entry {
    name: Range<u32>,
    /// What stands between the quotes.
    value: Range<u32>,
    is_external: bool,
}

impl Catalogue {
    /// Whether an entity of that name is declared.
    pub fn holds(&self, name: &str) -> bool {
        self.entry(name).is_some() || self.others.get(name).is_some()
    }

    /// The replacement text of an entity: its value with character references resolved. `None` for one that is not declared,
    /// or lies outside: see [`Catalogue::holds`].
    pub fn replacement(&self, name: &str) -> Option<Cow<'_, str>> {
        let Some(entry) = self.entry(name) else {
            return self.others.get(name)?.replacement.as_deref().map(Cow::Borrowed);
        };
        let value = self.slice(&entry.value);
        match value.contains("&#") {
            _ if entry.is_external => None,
            true => Some(Cow::Owned(resolve_characters(value))),
            false => Some(Cow::Borrowed(value)),
        }
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| self.slice(&entry.name)).chain(self.others.names())
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| self.slice(&entry.name).cmp(name));
        self.entries.get(at.ok()?)
    }

    fn slice(&self, range: &Range<u32>) -> &str {
        self.text.get(range.start as usize..range.end as usize).unwrap_or("")
    }
}

/// Reads a file of declarations, such as `xep.ent`.
pub fn catalogue(sources: &Sources, file: FileId, sink: &mut Sink) -> Catalogue {
    let text = sources.get(file).text().clone();
    let mut reader = Reader::new(&text, Origin::File(file), None, sink);
    reader.entries = Some(Vec::new());
    reader.subset(Stop::End);
    let (entries, others) = (reader.entries.unwrap_or_default(), reader.read.declarations);
    let mut catalogue = Catalogue { text: text.clone(), entries: Vec::new(), others };
    let mut ordered: Vec<(&str, Entry)> =
        entries.into_iter().map(|entry| (catalogue.slice(&entry.name), entry)).collect();
    // Of two of one name the first one counts.
    ordered.sort_by_key(|(name, _)| *name);
    ordered.dedup_by_key(|(name, _)| *name);
    let entries = ordered.into_iter().map(|(_, entry)| entry).collect();
    catalogue.entries = entries;
    catalogue
}

/// What stands before the root element.
pub(super) struct Prolog {
    pub declarations: Declarations,
    /// The document type declaration, if there is one.
    pub doctype: Option<Range<usize>>,
    /// Whether everything that declares entities was read.
    pub complete: bool,
    /// Whether the series' entities were loaded.
    pub shared: bool,
}

/// Reads the document type of a file.
pub(super) fn prolog(text: &str, file: FileId, shared: Option<&Catalogue>, sink: &mut Sink) -> Prolog {
    let mut reader = Reader::new(text, Origin::File(file), shared, sink);
    let doctype = reader.find_doctype().map(|start| {
        reader.at = start;
        reader.doctype();
        start..reader.at
    });
    let Read { declarations, complete, shared, broken, .. } = reader.read;
    Prolog { declarations, doctype, complete, shared: shared || broken }
}

/// Whether a system identifier names the series' entities, which the caller may have.
fn is_shared(system: &str) -> bool {
    !system.contains("://") && !system.starts_with('/') && system.rsplit('/').next() == Some("xep.ent")
}

/// What the text that is read comes from.
#[derive(Clone, Copy)]
enum Origin {
    /// A file, byte for byte.
    File(FileId),
    /// A parameter entity, which is referred to here.
    Parameter(Span),
}

/// Where a subset ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    Bracket,
    End,
}

enum Parameter {
    Internal(String),
    External(String, Span),
}

/// What was read so far.
struct Read {
    declarations: Declarations,
    parameters: HashMap<String, Parameter>,
    complete: bool,
    /// Whether the series' entities were loaded, so that what is declared later counts only where they are silent.
    shared: bool,
    /// Whether a fault was found.
    broken: bool,
    replaced: usize,
}

impl Read {
    fn new() -> Read {
        let (declarations, parameters) = (Declarations::default(), HashMap::new());
        Read { declarations, parameters, complete: true, shared: false, broken: false, replaced: 0 }
    }
}

struct Reader<'a, 's> {
    text: &'a str,
    origin: Origin,
    at: usize,
    shared: Option<&'a Catalogue>,
    /// What a catalogue holds so far, if one is read.
    entries: Option<Vec<Entry>>,
    read: Read,
    sink: &'s mut Sink,
}

/// An entity declaration's parts.
struct Parts {
    is_parameter: bool,
    name: Range<usize>,
    /// The literal between the quotes: the value, or the system identifier.
    literal: Range<usize>,
    is_external: bool,
}

impl<'a, 's> Reader<'a, 's> {
    fn new(text: &'a str, origin: Origin, shared: Option<&'a Catalogue>, sink: &'s mut Sink) -> Reader<'a, 's> {
        Reader { text, origin, at: 0, shared, entries: None, read: Read::new(), sink }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or("")
    }

    fn span(&self, range: Range<usize>) -> Span {
        match self.origin {
            Origin::File(file) => Span::new(file, range.start, range.end),
            Origin::Parameter(span) => span,
        }
    }

    fn mapped(&self, range: Range<usize>) -> MappedText {
        let mut mapped = MappedText::new();
        match self.origin {
            Origin::File(_) => mapped.push_verbatim(self.slice(range.clone()), self.span(range)),
            Origin::Parameter(span) => mapped.push_standing_for(self.slice(range), span),
        }
        mapped
    }

    /// A fault among the declarations. What is undeclared after it may be so because of it, so no more is said about that,
    /// and the series' entities count as loaded.
    fn malformed(&mut self, range: Range<usize>, message: &str, help: &str) {
        self.read.complete = false;
        self.read.broken = true;
        let finding = Finding::new("malformed-xml", self.span(range), message).help(help);
        self.sink.push(finding);
    }

    fn skip_space(&mut self) -> bool {
        let rest = self.rest();
        let length = rest.len() - rest.trim_start().len();
        self.at += length;
        length > 0
    }

    /// Goes behind `literal`, if it comes next.
    fn take(&mut self, literal: &str) -> bool {
        let comes = self.rest().starts_with(literal);
        if comes {
            self.at += literal.len();
        }
        comes
    }

    /// Goes behind a construct that begins here; to the end where it has none.
    fn skip_construct(&mut self, start: &str, end: &str) {
        let inner = self.rest().get(start.len()..).unwrap_or("");
        match inner.find(end) {
            Some(length) => self.at += start.len() + length + end.len(),
            None => {
                self.malformed(self.at..self.at + start.len(), "this never ends", &format!("end it with `{end}`"));
                self.at = self.text.len();
            }
        }
    }

    /// Where the document type begins, if there is one before the root element.
    fn find_doctype(&mut self) -> Option<usize> {
        self.take("\u{feff}");
        loop {
            self.skip_space();
            let (start, end) = match self.rest() {
                rest if rest.starts_with("<!DOCTYPE") => return Some(self.at),
                rest if rest.starts_with("<?") => ("<?", "?>"),
                rest if rest.starts_with("<!--") => ("<!--", "-->"),
                _ => return None,
            };
            // One without an end is reported by whoever reads the content.
            let length = self.rest().get(start.len()..)?.find(end)?;
            self.at += start.len() + length + end.len();
        }
    }

    fn doctype(&mut self) {
        let start = self.at;
        self.take("<!DOCTYPE");
        self.skip_space();
        self.at += name_length(self.rest());
        self.skip_space();
        self.external_subset();
        self.skip_space();
        if self.take("[") {
            self.subset(Stop::Bracket);
            self.skip_space();
        }
        if !self.take(">") && !self.read.broken {
            let end = (start + "<!DOCTYPE".len()).min(self.text.len());
            self.malformed(start..end, "the document type has no end", "end it with `]>`");
        }
    }

    fn external_subset(&mut self) {
        let start = self.at;
        let Some(system) = self.external_identifier() else { return };
        let name = self.slice(system.clone());
        if name.contains("://") || name.rsplit('/').next() != Some("xep.dtd") {
            let finding = external(self.span(start..self.at), name);
            self.sink.push(finding);
        }
    }

    /// Reads `SYSTEM '...'` or `PUBLIC '...' '...'`; answers the system identifier.
    fn external_identifier(&mut self) -> Option<Range<usize>> {
        if self.take("PUBLIC") {
            self.skip_space();
            self.literal()?;
        } else if !self.take("SYSTEM") {
            return None;
        }
        self.skip_space();
        self.literal()
    }

    /// Reads a literal; answers what stands between its quotes.
    fn literal(&mut self) -> Option<Range<usize>> {
        let quote = self.rest().chars().next().filter(|&c| c == '"' || c == '\'')?;
        let length = self.rest().get(1..)?.find(quote)?;
        let start = self.at + 1;
        self.at = start + length + 1;
        Some(start..start + length)
    }

    /// Reads declarations up to where they end, and goes behind that.
    fn subset(&mut self, stop: Stop) {
        loop {
            self.skip_space();
            match self.rest() {
                "" => return,
                rest if stop == Stop::Bracket && rest.starts_with(']') => {
                    self.at += 1;
                    return;
                }
                rest if rest.starts_with("<!--") => self.skip_construct("<!--", "-->"),
                rest if rest.starts_with("<?") => self.skip_construct("<?", "?>"),
                rest if rest.starts_with("<!ENTITY") => self.entity(),
                rest if rest.starts_with("<!") => self.skip_declaration(),
                rest if rest.starts_with('%') => self.parameter_reference(),
                // The document begins: the subset has lost its end.
                rest if rest.starts_with('<') && stop == Stop::Bracket => return,
                _ => self.skip_stray(),
            }
        }
    }

    fn skip_stray(&mut self) {
        let start = self.at;
        let rest = self.rest();
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let length =
            rest.get(first..).and_then(|tail| tail.find(['<', ']', '%', '\n'])).map_or(rest.len(), |at| at + first);
        self.at += length;
        let text = self.slice(start..self.at).trim_end().len();
        self.malformed(start..start + text, "this does not belong among declarations", "remove it");
    }

    /// Element, attribute list and notation declarations: of no concern here.
    fn skip_declaration(&mut self) {
        while let Some(offset) = self.rest().find(['>', '"', '\'']) {
            self.at += offset;
            if self.take(">") {
                return;
            }
            if self.literal().is_none() {
                self.at += 1;
            }
        }
        self.at = self.text.len();
    }

    fn entity(&mut self) {
        let start = self.at;
        let Some(parts) = self.entity_parts() else {
            // What follows the line is read again: a missing quote must not swallow the other declarations.
            let line = self.slice(start..self.text.len());
            let length = line.find(['\n', '>']).map_or(line.len(), |at| at + 1);
            self.at = start + length;
            let shown = line.get(..length).unwrap_or("").trim_end().len();
            let help = "write `<!ENTITY name \"value\">`";
            self.malformed(start..start + shown, "this entity declaration cannot be read", help);
            return;
        };
        let span = self.span(start..self.at);
        if let (Some(entries), false) = (&mut self.entries, parts.is_parameter) {
            let short = |range: &Range<usize>| Some(u32::try_from(range.start).ok()?..u32::try_from(range.end).ok()?);
            if let (Some(name), Some(value)) = (short(&parts.name), short(&parts.literal)) {
                entries.push(Entry { name, value, is_external: parts.is_external });
            }
            return;
        }
        match (parts.is_parameter, parts.is_external) {
            (true, _) => self.parameter(parts, span),
            (false, true) => {
                let finding = external(span, self.slice(parts.literal.clone()));
                self.sink.push(finding);
                let value = MappedText::new();
                self.declare(parts.name, value, None, span);
            }
            (false, false) => {
                let value = self.mapped(parts.literal);
                let replacement = resolve_characters(value.as_str());
                self.declare(parts.name, value, Some(replacement), span);
            }
        }
    }

    fn declare(&mut self, name: Range<usize>, value: MappedText, replacement: Option<String>, span: Span) {
        let name = self.slice(name).to_owned();
        let is_taken = self.shared.is_some_and(|shared| shared.holds(&name));
        if !(self.read.shared && is_taken) {
            self.read.declarations.push(Declaration { name, value, replacement, span });
        }
    }

    fn entity_parts(&mut self) -> Option<Parts> {
        self.take("<!ENTITY");
        if !self.skip_space() {
            return None;
        }
        let is_parameter = self.take("%") && self.skip_space();
        let name = self.at..self.at + name_length(self.rest());
        self.at = name.end;
        if name.is_empty() || !self.skip_space() {
            return None;
        }
        let is_external = self.rest().starts_with("SYSTEM") || self.rest().starts_with("PUBLIC");
        let literal = if is_external { self.external_identifier()? } else { self.literal()? };
        self.skip_space();
        if is_external && self.take("NDATA") {
            self.skip_space();
            self.at += name_length(self.rest());
            self.skip_space();
        }
        self.take(">").then_some(Parts { is_parameter, name, literal, is_external })
    }

    fn parameter(&mut self, parts: Parts, span: Span) {
        let text = self.slice(parts.literal).to_owned();
        let name = self.slice(parts.name).to_owned();
        let parameter = match parts.is_external {
            true => Parameter::External(text, span),
            false => Parameter::Internal(resolve_characters(&text)),
        };
        self.read.parameters.entry(name).or_insert(parameter);
    }

    fn parameter_reference(&mut self) {
        let start = self.at;
        self.at += 1;
        let name = self.slice(self.at..self.at + name_length(self.rest()));
        self.at += name.len();
        if name.is_empty() || !self.take(";") {
            self.malformed(start..self.at, "`%` does not begin a reference here", "write `%ents;`");
            return;
        }
        let span = self.span(start..self.at);
        match self.read.parameters.get(name) {
            Some(Parameter::External(system, declared)) => {
                let (system, declared) = (system.clone(), *declared);
                self.load(&system, declared);
            }
            Some(Parameter::Internal(value)) => {
                let value = value.clone();
                self.replace_parameter(name, &value, span);
            }
            None => {
                self.read.complete = false;
                let finding =
                    Finding::new("undeclared-entity", span, format!("the parameter entity `{name}` is not declared"))
                        .help(format!("write `<!ENTITY % {name} SYSTEM 'xep.ent'>` before it"));
                self.sink.push(finding);
            }
        }
    }

    /// Takes in what an external parameter entity declares, if it is the one that the caller has.
    fn load(&mut self, system: &str, declared: Span) {
        if !is_shared(system) {
            self.read.complete = false;
            self.sink.push(external(declared, system));
            return;
        }
        match self.shared {
            Some(_) => self.read.shared = true,
            None => self.read.complete = false,
        }
    }

    /// Reads the declarations that an internal parameter entity stands for.
    fn replace_parameter(&mut self, name: &str, value: &str, span: Span) {
        self.read.replaced += 1;
        if self.read.replaced > MAX_PARAMETERS {
            if self.read.replaced == MAX_PARAMETERS + 1 {
                let message = format!("more than {MAX_PARAMETERS} parameter entities are used, `%{name};` among them");
                self.sink.push(Finding::new("entity-bound", span, message));
            }
            return;
        }
        let read = std::mem::replace(&mut self.read, Read::new());
        let origin = Origin::Parameter(span);
        let mut inner =
            Reader { text: value, origin, at: 0, shared: self.shared, entries: None, read, sink: self.sink };
        inner.subset(Stop::End);
        self.read = inner.read;
    }
}

fn external(span: Span, system: &str) -> Finding {
    Finding::new("external-entity", span, format!("`{system}` is not read"))
        .note("nothing outside of the document and the series' `xep.ent` is ever read")
        .help("declare what the document needs in the document itself")
}

/// Resolves references to characters, as XML does where an entity is declared.
fn resolve_characters(value: &str) -> String {
    let mut resolved = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("&#") {
        resolved.push_str(before);
        let character = after.split_once(';').and_then(|(number, tail)| Some((character(number)?, tail)));
        match character {
            Some((character, tail)) => {
                resolved.push(character);
                rest = tail;
            }
            None => {
                resolved.push_str("&#");
                rest = after;
            }
        }
    }
    resolved.push_str(rest);
    resolved
}

/// The character that `160` or `xA0` names, if XML allows it.
fn character(number: &str) -> Option<char> {
    let digits = |text: &str, radix| match text.is_empty() || text.starts_with('+') {
        true => None,
        false => u32::from_str_radix(text, radix).ok(),
    };
    let code = match number.strip_prefix('x') {
        Some(hexadecimal) => digits(hexadecimal, 16)?,
        None => digits(number, 10)?,
    };
    let is_allowed = code >= 0x20 && !matches!(code, 0xfffe | 0xffff) || matches!(code, 0x9 | 0xa | 0xd);
    char::from_u32(code).filter(|_| is_allowed)
}
