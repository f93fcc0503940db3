//! Tables and listings that a document makes from data: `{.table src="elements.toml" ...}`, `{.include src="schema.xsd"}`.

use super::attacks::{ATTACKS, Attacks, Gallery};
use super::costs::Measured;
use super::loaded::{COSTS, Companions};
use crate::document::number::Numbers;
use crate::document::{Block, Cell, Document, Inline, Listing, Row, Table, walk};
use crate::example::cost::PAYLOADS;
use crate::example::sibling::Sibling;
use crate::example::{Cast, Expectation};
use crate::finding::{Finding, Sink};
use crate::sce::policy::Once;
use crate::sce::profile::{Expansion, RoomSide, Situation, Term};
use crate::sce::{Profile, Rulebook, Rules};
use crate::source::{MappedText, Sources, Span};
use crate::xmpp::base64;
use std::collections::{BTreeMap, BTreeSet};

/// What tables are made from.
#[derive(Clone, Copy)]
pub struct Data<'a> {
    /// All files.
    pub sources: &'a Sources,
    /// The files beside the document.
    pub companions: &'a Companions,
    /// Policy and profiles.
    pub rules: &'a Rules,
    /// The cast.
    pub cast: Option<&'a Cast>,
    /// The other documents of the folder that it refers to.
    pub siblings: &'a [Sibling],
    /// The places that are in these alone.
    pub elsewhere: &'a Elsewhere,
}

/// A piece of a cell.
enum Piece {
    Text(String),
    Code(String),
    /// A link into the document: the anchor, and the words.
    Link(String, String),
}

type Cells = Vec<Vec<Piece>>;

/// Fills everything that is made from data. What cannot be made is a finding.
pub fn fill(document: &mut Document, data: Data<'_>, sink: &mut Sink) {
    let gallery = data.companions.file(ATTACKS).map_or_else(Gallery::default, |_| Gallery::of(document, data.siblings));
    let attacks = attacks(data, &gallery, sink);
    let shown = Shown { gallery: &gallery, attacks: attacks.as_ref(), elsewhere: data.elsewhere };
    walk::blocks_mut(&mut document.body, &mut |block| match block {
        Block::Table(table) => fill_table(table, data, &shown, sink),
        Block::Listing(listing) => fill_listing(listing, data, sink),
        Block::Paragraph(paragraph) => fill_pictures(&mut paragraph.text, data),
        Block::Plain(text) => fill_pictures(text, data),
        _ => {}
    });
}

/// What a document shows of attacks.
struct Shown<'a> {
    gallery: &'a Gallery,
    attacks: Option<&'a Attacks>,
    /// Places that are in a sibling and not in the document, with the links to them.
    elsewhere: &'a Elsewhere,
}

impl Shown<'_> {
    /// The link to a place.
    fn link(&self, id: &str) -> String {
        self.elsewhere.get(id).cloned().unwrap_or_else(|| format!("#{id}"))
    }
}

/// Places that are in a sibling and not in the document, with the links to them.
pub type Elsewhere = BTreeMap<String, String>;

/// The places that are in a sibling and not in the document.
pub fn elsewhere(document: &Document, siblings: &[Sibling]) -> Elsewhere {
    if siblings.is_empty() {
        return BTreeMap::new();
    }
    let numbers = Numbers::of(document);
    let own: BTreeSet<&str> = numbers.ids().collect();
    let theirs = siblings.iter().flat_map(|sibling| sibling.ids.iter().map(|id| (id.clone(), sibling.link(id))));
    theirs.filter(|(id, _)| !own.contains(id.as_str())).collect()
}

/// Reads the table of attacks, and tells what it leaves open or says in vain.
fn attacks(data: Data<'_>, gallery: &Gallery, sink: &mut Sink) -> Option<Attacks> {
    // A table that a document does not show says nothing about it.
    let file = data.companions.file(ATTACKS).filter(|_| gallery.is_shown)?;
    let whole = data.sources.whole(file);
    let attacks = match Attacks::parse(data.sources.slice(whole)) {
        Ok(attacks) => attacks,
        Err(error) => {
            let span = error.range.map_or(whole, |range| Span::new(file, range.start, range.end));
            sink.push(Finding::new("faulty-table", span, error.message));
            return None;
        }
    };
    for (requirement, span) in gallery.uncovered(&attacks) {
        let message = format!("no example shows what a receiver does by `{requirement}`");
        let help = format!("add one with `expect`, or say in `{ATTACKS}` under `[[unshown]]` why none can");
        sink.push(Finding::new("faulty-table", span, message).help(help));
    }
    let (examples, requirements) = attacks.names();
    let is_attack = |name: &&str| gallery.attacks.iter().any(|attack| attack.name == **name);
    let is_demand = |id: &&str| gallery.requirements.iter().any(|requirement| requirement == *id);
    let vain = examples.into_iter().filter(|name| !is_attack(name));
    for name in vain.chain(requirements.into_iter().filter(|id| !is_demand(id))) {
        let at = data.sources.slice(whole).find(name);
        let span = at.map_or(whole, |at| Span::new(file, at, at + name.len()));
        let message = format!("`{name}` is neither an attack nor a requirement");
        sink.push(Finding::new("faulty-table", span, message).help("take it out, or mend its name"));
    }
    Some(attacks)
}

fn fill_listing(listing: &mut Listing, data: Data<'_>, sink: &mut Sink) {
    let is_generated = listing.directives.text("class") == Some("include") || listing.directives.get("seal").is_none();
    let Some(src) = listing.directives.get("src").filter(|_| is_generated) else { return };
    match data.companions.file(src.value.as_str()) {
        Some(file) => listing.text = MappedText::verbatim(data.sources, data.sources.whole(file)),
        None if listing.text.as_str().trim().is_empty() => sink.push(missing_file(src.span, src.value.as_str())),
        // A stored copy, as XEP-XML has it, stands for itself where the file is not there.
        None => {}
    }
}

/// Puts drawings that lie beside the document into it: a page stays one file, and so does a XEP.
fn fill_pictures(text: &mut [Inline], data: Data<'_>) {
    for inline in text {
        let Inline::Image(attributes) = inline else { continue };
        for (_, value) in attributes.iter_mut().filter(|(name, _)| name == "src") {
            let drawing = value.as_str().strip_suffix(".svg").and_then(|_| data.companions.file(value.as_str()));
            let (Some(file), Some(span)) = (drawing, value.whole()) else { continue };
            let bytes = data.sources.slice(data.sources.whole(file)).as_bytes();
            let inside = format!("data:image/svg+xml;base64,{}", base64::encode(bytes));
            *value = MappedText::standing_for(inside, span);
        }
    }
}

fn missing_file(span: Span, name: &str) -> Finding {
    Finding::new("faulty-table", span, format!("there is no file `{name}` beside the document"))
        .help("name a file in the document's own folder; nothing outside of it is read")
}

fn fill_table(table: &mut Table, data: Data<'_>, shown: &Shown<'_>, sink: &mut Sink) {
    let Some(src) = table.directives.get("src") else { return };
    let columns: Vec<&str> =
        table.directives.text("columns").unwrap_or("").split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let (file, part) = src.value.as_str().split_once('#').unwrap_or((src.value.as_str(), ""));
    let condition = table.directives.text("where").and_then(|text| text.split_once('='));
    let rows = match (file, part) {
        ("elements.toml", "addressees") => Ok(addressees(data.rules, &columns)),
        ("elements.toml", _) => Ok(elements(data.rules, &columns, condition)),
        ("profiles.toml", "affixes") => Ok(affixes(data.rules, &columns)),
        ("profiles.toml", "situations") => Ok(situations(data.rules, &columns)),
        ("profiles.toml", "profiles") => Ok(profiles(data.rules, &columns)),
        ("profiles.toml", "encryption") => Ok(encryption(data.rules, &columns)),
        ("profiles.toml", part) => part
            .strip_prefix("profile-")
            .and_then(|id| data.rules.profiles.get(id))
            .map(|profile| profile_rows(profile, &columns))
            .ok_or_else(|| format!("`profiles.toml` has no part `{part}`")),
        (COSTS, part) => measured(data.companions).and_then(|measured| {
            let rows = match part {
                "saved" => measured.savings(&columns),
                "run" => measured.run(&columns),
                payload if PAYLOADS.contains(&payload) => measured.rows(payload, &columns),
                other => return Err(format!("`{COSTS}` has no part `{other}`")),
            };
            Ok(rows.into_iter().map(|cells| cells.into_iter().map(text).collect()).collect())
        }),
        (ATTACKS, "clients") => shown.attacks.map(|attacks| clients(attacks, &columns)).ok_or_else(no_attacks),
        (ATTACKS, "attacks") => {
            shown.attacks.map(|attacks| gallery(shown.gallery, attacks, &columns)).ok_or_else(no_attacks)
        }
        (ATTACKS, "coverage") => {
            shown.attacks.map(|attacks| coverage(shown.gallery, attacks, &columns)).ok_or_else(no_attacks)
        }
        ("cast.toml", "people") => {
            data.cast.map(|cast| people(cast, &columns)).ok_or_else(|| "there is no cast".into())
        }
        _ => Err(format!(
            "no table can be made from `{}`: it is none of elements.toml, profiles.toml, cast.toml, attacks.toml and costs.json",
            src.value
        )),
    };
    let has_copy = !table.rows.is_empty();
    match rows {
        Ok(rows) => table.rows = with_heading(&columns, rows, src.span, shown),
        Err(_) if has_copy => {}
        Err(message) => sink.push(Finding::new("faulty-table", src.span, message)),
    }
}

fn with_heading(columns: &[&str], rows: Vec<Cells>, span: Span, shown: &Shown<'_>) -> Vec<Row> {
    let heading = columns.iter().map(|column| cell(vec![Piece::Text(title(column))], true, span, shown)).collect();
    let row = |cells: Vec<Vec<Piece>>| cells.into_iter().map(|pieces| cell(pieces, false, span, shown)).collect();
    let rows = rows.into_iter().map(row);
    std::iter::once(heading).chain(rows).map(|cells| Row { attributes: Vec::new(), cells }).collect()
}

/// The heading of a figure for some devices.
fn plural(devices: &str, what: &str) -> String {
    let ending = if devices == "1" { "" } else { "s" };
    format!("{what}, {devices} device{ending}")
}

/// The heading of a column.
fn title(column: &str) -> String {
    let mut characters = column.chars();
    match column {
        "jid" => "JID".into(),
        "key" => "OpenPGP key".into(),
        "way" => "How it travels".into(),
        _ if column.starts_with("bytes-") => plural(column.trim_start_matches("bytes-"), "Bytes"),
        _ if column.starts_with("time-") => plural(column.trim_start_matches("time-"), "ms to seal / open"),
        "sender" => "Sender puts it".into(),
        "once" => "At most once".into(),
        "outside" => "If it stands outside".into(),
        "peers" => "Clients and servers examined".into(),
        "rpad" | "time" | "to" | "from" => format!("`{column}`"),
        _ => characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect()),
    }
}

fn cell(pieces: Vec<Piece>, heading: bool, span: Span, shown: &Shown<'_>) -> Cell {
    let inlines = pieces.into_iter().flat_map(|piece| match piece {
        Piece::Code(text) => vec![Inline::Code(vec![plain(text, span)])],
        Piece::Text(text) => marked(&text, span, shown),
        Piece::Link(anchor, words) => {
            let url = MappedText::standing_for(shown.link(&anchor), span);
            vec![Inline::Link { url, text: marked(&words, span, shown) }]
        }
    });
    Cell { heading, attributes: Vec::new(), blocks: vec![Block::Plain(inlines.collect())] }
}

fn plain(text: String, span: Span) -> Inline {
    Inline::Text(MappedText::standing_for(text, span))
}

/// Text in which backticks mark code and ids of requirements are links.
fn marked(text: &str, span: Span, shown: &Shown<'_>) -> Vec<Inline> {
    let mut inlines = Vec::new();
    for (at, part) in text.split('`').enumerate() {
        match at % 2 {
            1 => inlines.push(Inline::Code(vec![plain(part.into(), span)])),
            _ => inlines.extend(linked(part, span, shown)),
        }
    }
    inlines
}

fn linked(text: &str, span: Span, shown: &Shown<'_>) -> Vec<Inline> {
    let mut inlines = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("req-") {
        let (before, from) = rest.split_at(start);
        let length = from.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(from.len());
        let (id, after) = from.split_at(length);
        if !before.is_empty() {
            inlines.push(plain(before.into(), span));
        }
        let url = MappedText::standing_for(shown.link(id), span);
        inlines.push(Inline::Link { url, text: vec![plain(id.into(), span)] });
        rest = after;
    }
    if !rest.is_empty() {
        inlines.push(plain(rest.into(), span));
    }
    inlines
}

fn text(value: impl Into<String>) -> Vec<Piece> {
    vec![Piece::Text(value.into())]
}

fn code(value: impl Into<String>) -> Vec<Piece> {
    vec![Piece::Code(value.into())]
}

fn elements(rules: &Rulebook, columns: &[&str], condition: Option<(&str, &str)>) -> Vec<Cells> {
    let wanted = |place: &str| condition.is_none_or(|(key, value)| key != "place" || value == place);
    let rows = rules.policy.rows().iter().filter(|row| wanted(row.place.word()));
    let cells = rows.map(|row| {
        let column = |name: &&str| match *name {
            "element" => element(&row.name, &row.namespace),
            "namespace" => code(row.namespace.clone()),
            "place" => text(row.place.word()),
            "sender" => text(row.sender.word()),
            "stanzas" if row.stanzas.is_empty() => text("all"),
            "stanzas" => text(row.stanzas.join(", ")),
            "once" => text(row.once.map_or("", Once::words)),
            "outside" => text(row.outside.words()),
            "reason" => text(row.reason.clone()),
            "source" => text(row.source.clone()),
            "peers" => {
                let peers = row.peers.iter().map(|(peer, place)| format!("{peer}: {place}"));
                text(
                    peers
                        .chain(row.seen.iter().map(|server| format!("seen on {server}")))
                        .collect::<Vec<_>>()
                        .join("; "),
                )
            }
            _ => Vec::new(),
        };
        columns.iter().map(column).collect()
    });
    cells.collect()
}

fn element(name: &str, namespace: &str) -> Vec<Piece> {
    let name = if name == "*" { Piece::Text("every element".into()) } else { Piece::Code(format!("<{name}/>")) };
    vec![name, Piece::Text(" of ".into()), Piece::Code(namespace.into())]
}

fn all_profiles(rules: &Rulebook) -> impl Iterator<Item = &Profile> {
    rules.profiles.iter().flat_map(|profile| std::iter::once(profile).chain(&profile.forms))
}

fn addressees(rules: &Rulebook, columns: &[&str]) -> Vec<Cells> {
    let rows = rules.policy.addressees().iter().map(|row| {
        let column = |column: &&str| match *column {
            "stanza" => text(row.stanza.clone()),
            "addressee" => text(row.to.word()),
            "sealed" => text(if row.sealed { "yes" } else { "no" }),
            "reason" => text(row.reason.clone()),
            "source" => text(row.source.clone()),
            _ => Vec::new(),
        };
        columns.iter().map(column).collect()
    });
    rows.collect()
}

fn affixes(rules: &Rulebook, columns: &[&str]) -> Vec<Cells> {
    let row = |profile: &Profile| {
        let column = |name: &&str| match *name {
            "profile" => code(profile.id.clone()),
            name => profile.affixes.get(name).map_or_else(|| text("-"), |affix| text(use_words(affix))),
        };
        columns.iter().map(column).collect()
    };
    all_profiles(rules).map(row).collect()
}

fn use_words(affix: &crate::sce::Affix) -> String {
    let others: Vec<String> =
        affix.situations.iter().map(|(situation, use_)| format!("{} in `{situation}`", use_.word())).collect();
    match others.is_empty() {
        true => affix.use_.word().to_owned(),
        false => format!("{}; {}", affix.use_.word(), others.join(", ")),
    }
}

fn situations(rules: &Rulebook, columns: &[&str]) -> Vec<Cells> {
    let terms =
        |terms: &[Term]| text(terms.iter().map(|term| format!("`{}`", term.word())).collect::<Vec<_>>().join(" and "));
    let any =
        |terms: &[Term]| text(terms.iter().map(|term| format!("`{}`", term.word())).collect::<Vec<_>>().join(" or "));
    let rows = rules.profiles.situations().map(|(name, situation)| {
        let column = |column: &&str| match *column {
            "situation" => vec![Piece::Code(name.into()), Piece::Text(format!(": {}", situation.title))],
            "when" => conditions(situation),
            "wrapper" => any(&situation.wrapper_from),
            "to" => terms(&situation.to),
            "from" => terms(&situation.from),
            "time" => terms(&situation.time),
            "reason" => text(situation.reason.clone()),
            "requirement" => text(situation.requirement.clone()),
            _ => Vec::new(),
        };
        columns.iter().map(column).collect()
    });
    rows.collect()
}

/// When a stanza is in a situation.
fn conditions(situation: &Situation) -> Vec<Piece> {
    let mut phrase = situation.stanza.join(" or ");
    if !situation.types.is_empty() {
        phrase = format!("{phrase} of type {}", situation.types.join(" or "));
    }
    match situation.when_room {
        Some(RoomSide::From) => phrase.push_str(", `from` is a joined room"),
        Some(RoomSide::To) => phrase.push_str(", `to` is a joined room"),
        None => {}
    }
    if situation.when_room.is_some() && situation.types.is_empty() {
        phrase.push_str(", not of type groupchat");
    }
    let mut pieces = text(phrase);
    for (at, wrapper) in situation.wrapper_names().enumerate() {
        pieces.extend(text(if at == 0 { ", in " } else { " or " }));
        pieces.extend(element(&wrapper.local, &wrapper.namespace));
    }
    pieces
}

fn profiles(rules: &Rulebook, columns: &[&str]) -> Vec<Cells> {
    let yes_no = |value: bool| text(if value { "yes" } else { "no" });
    let row = |profile: &Profile| {
        let column = |name: &&str| match *name {
            "profile" => vec![Piece::Code(profile.id.clone()), Piece::Text(format!(": {}", profile.title))],
            "carrier" => element(&profile.carrier.local, &profile.carrier.namespace),
            "payload" if profile.payload.is_empty() => text("its text"),
            "payload" => code(format!("<{}/>", profile.payload)),
            "envelope" => element(&profile.envelope.local, &profile.envelope.namespace),
            "padding" => text(profile.padding.phrase()),
            "signed" => yes_no(profile.signed),
            "encrypted" => yes_no(profile.encrypted),
            "source" => text(profile.source.clone()),
            _ => Vec::new(),
        };
        columns.iter().map(column).collect()
    };
    all_profiles(rules).map(row).collect()
}

/// The stanza for which [`encryption`] counts how many devices it can be encrypted: servers may refuse longer ones (RFC 6120, section
/// 13.12).
const LARGE_STANZA: usize = 10_000;

/// The bytes of an envelope with a short text and short addresses, before it is padded.
const SHORT_ENVELOPE: usize = 220;

/// What the protocols of the profiles do by themselves.
fn encryption(rules: &Rulebook, columns: &[&str]) -> Vec<Cells> {
    let yes_no = |value: Option<bool>| value.map_or("-", |value| if value { "yes" } else { "no" });
    let row = |profile: &Profile| {
        let traits = &profile.traits;
        let known = |word: Option<&'static str>| text(word.unwrap_or("-"));
        let column = |name: &&str| match *name {
            "profile" => vec![Piece::Code(profile.id.clone()), Piece::Text(format!(": {}", profile.title))],
            "authenticates" => known(traits.authenticates.map(|who| who.word())),
            "binds" if traits.binds.is_empty() => text("nothing"),
            "binds" => text(traits.binds.iter().map(|holds| holds.word()).collect::<Vec<_>>().join(", ")),
            "replay" => text(traits.replay.word()),
            "late" => text(profile.late.word()),
            "own-copy" => text(yes_no(traits.own_copy)),
            "members" => known(traits.members.map(|who| who.word())),
            "keys" => traits.keys.clone().map_or_else(|| text("-"), code),
            "control" if profile.control.is_empty() => text("-"),
            "control" => profile.control.iter().flat_map(|name| element(&name.local, &name.namespace)).collect(),
            "padding" => text(profile.padding.phrase()),
            "bytes" => traits
                .expansion
                .map_or_else(|| text("-"), |adds| text(format!("{}, and {} a device", adds.fixed, adds.per_device))),
            "devices" => {
                let smallest = profile.padding.filled(SHORT_ENVELOPE);
                let devices = |adds: Expansion| match adds.per_device {
                    0 => Some("any number".to_owned()),
                    _ => adds.devices(smallest, LARGE_STANZA).map(|devices| devices.to_string()),
                };
                text(traits.expansion.and_then(devices).unwrap_or_else(|| "-".into()))
            }
            _ => Vec::new(),
        };
        columns.iter().map(column).collect()
    };
    let is_one = |profile: &&Profile| profile.traits.authenticates.is_some();
    all_profiles(rules).filter(is_one).map(row).collect()
}

fn profile_rows(profile: &Profile, columns: &[&str]) -> Vec<Cells> {
    let rows = profile.affixes.iter().map(|(name, affix)| {
        let column = |column: &&str| match *column {
            "affix" => code(format!("<{name}/>")),
            "use" => text(use_words(affix)),
            "verify" => text(affix.verify.phrase()),
            "reason" => text(affix.reason.clone()),
            "requirement" => text(affix.requirement.clone().unwrap_or_default()),
            _ => Vec::new(),
        };
        columns.iter().map(column).collect()
    });
    rows.collect()
}

fn measured(companions: &Companions) -> Result<Measured<'_>, String> {
    Measured::new(companions.costs.as_ref(), companions.results.as_ref())
}

fn no_attacks() -> String {
    format!("there is no `{ATTACKS}` beside the document that can be read")
}

fn gallery(gallery: &Gallery, attacks: &Attacks, columns: &[&str]) -> Vec<Cells> {
    let rows = gallery.attacks.iter().map(|attack| {
        let column = |column: &&str| match *column {
            "attack" => vec![Piece::Link(attack.name.clone(), attack.caption.clone())],
            "profile" => attack.profile.as_deref().map(code).unwrap_or_default(),
            "verdict" => text(match &attack.expectation {
                Expectation::Verdict(verdict, _) => verdict.does().to_owned(),
                Expectation::Rule(rule) => format!("found by `{rule}`"),
            }),
            "requirement" => text(attack.requirements.join(", ")),
            "clients" => text(attacks.seen(&attack.name).join(". ")),
            _ => Vec::new(),
        };
        columns.iter().map(column).collect()
    });
    rows.collect()
}

fn coverage(gallery: &Gallery, attacks: &Attacks, columns: &[&str]) -> Vec<Cells> {
    let rows = gallery.demands.iter().map(|demand| {
        let id = demand.value.as_str();
        let column = |column: &&str| match *column {
            "requirement" => text(id),
            "attacks" => {
                let mut pieces = Vec::new();
                for attack in gallery.showing(id) {
                    if !pieces.is_empty() {
                        pieces.push(Piece::Text("; ".into()));
                    }
                    pieces.push(Piece::Link(attack.name.clone(), attack.caption.clone()));
                }
                match (pieces.is_empty(), attacks.unshown(id)) {
                    (true, Some(reason)) => text(format!("None: {reason}")),
                    _ => pieces,
                }
            }
            _ => Vec::new(),
        };
        columns.iter().map(column).collect()
    });
    rows.collect()
}

fn clients(attacks: &Attacks, columns: &[&str]) -> Vec<Cells> {
    let rows = attacks.clients().map(|(name, source)| {
        let column = |column: &&str| match *column {
            "client" => text(name),
            "source" => text(source),
            _ => Vec::new(),
        };
        columns.iter().map(column).collect()
    });
    rows.collect()
}

fn people(cast: &Cast, columns: &[&str]) -> Vec<Cells> {
    let rows = cast.people.iter().map(|person| {
        let column = |column: &&str| match *column {
            "person" => text(format!("{}. {}", person.name, person.description)),
            "jid" => code(person.jid.clone()),
            "devices" => text(
                person.devices.iter().map(|device| format!("`{}`", device.resource)).collect::<Vec<_>>().join(", "),
            ),
            "key" => code(person.identity.fingerprints().join(" ")),
            _ => Vec::new(),
        };
        columns.iter().map(column).collect()
    });
    rows.collect()
}
