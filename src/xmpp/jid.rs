//! Addresses (RFC 7622).
//!
//! Local parts are prepared by PRECIS, domains by the crate `idna`, as far as it changes nothing that IDNA2008 forbids. Older rules
//! (RFC 6122) fold letters that these keep apart, as `ß` and `ss`, so that two accounts would pass for one. The library's tables are
//! those of Unicode 6.3: a local part with a letter that came later is refused.

use precis_profiles::UsernameCaseMapped;
use precis_profiles::precis_core::profile::PrecisFastInvocation;
use std::fmt;
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;

/// An address: an optional local part, a domain, an optional resource. Two are equal when their prepared forms are.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Jid {
    text: String,
    /// Where the domain begins and ends.
    domain: (usize, usize),
}

/// An address without a resource.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BareJid(Jid);

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JidError {
    /// There is nothing.
    Empty,
    /// Nothing stands before the `@`.
    EmptyLocal,
    /// No domain.
    EmptyDomain,
    /// Nothing stands behind the `/`.
    EmptyResource,
    /// A part is longer than 1023 bytes.
    TooLong(Part),
    /// A part holds a character that is not allowed in it.
    Forbidden(Part),
    /// A bare address is wanted.
    NotBare,
    /// More than one `@` before the resource.
    SecondAt,
}

/// A part of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Before the `@`.
    Local,
    /// Between `@` and `/`.
    Domain,
    /// Behind the `/`.
    Resource,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Part::Local => "local part",
            Part::Domain => "domain",
            Part::Resource => "resource",
        }
    }
}

impl fmt::Display for JidError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JidError::Empty => out.write_str("it is empty"),
            JidError::EmptyLocal => out.write_str("nothing stands before the `@`"),
            JidError::EmptyDomain => out.write_str("it has no domain"),
            JidError::EmptyResource => out.write_str("nothing stands behind the `/`"),
            JidError::TooLong(part) => write!(out, "its {} is longer than 1023 bytes", part.name()),
            JidError::Forbidden(part) => write!(out, "its {} holds a character that is not allowed there", part.name()),
            JidError::NotBare => out.write_str("it has a resource where a bare address is wanted"),
            JidError::SecondAt => out.write_str("it has more than one `@` before the resource"),
        }
    }
}

impl std::error::Error for JidError {}

impl Jid {
    /// Parses and prepares an address.
    pub fn parse(text: &str) -> Result<Jid, JidError> {
        let (local, domain, resource) = parts(text)?;
        check_part(Part::Local, local)?;
        check_part(Part::Domain, Some(domain))?;
        check_part(Part::Resource, resource)?;
        if let Some(part) = ignorable(local, Part::Local).or(ignorable(resource, Part::Resource)) {
            return Err(JidError::Forbidden(part));
        }
        let local = local.map(prepared_local).transpose()?;
        let domain = prepared_domain(domain)?;
        let resource = resource.map(prepared_resource);
        check_part(Part::Local, local.as_deref())?;
        check_part(Part::Domain, Some(&domain))?;
        check_part(Part::Resource, resource.as_deref())?;
        let begin = local.as_ref().map_or(0, |local| local.len() + 1);
        let text = whole(local.as_deref(), &domain, resource.as_deref());
        Ok(Jid { text, domain: (begin, begin + domain.len()) })
    }

    /// The address without its resource.
    pub fn bare(&self) -> BareJid {
        let bare = self.text.get(..self.domain.1).unwrap_or_default();
        BareJid(Jid { text: bare.to_owned(), domain: self.domain })
    }

    /// Whether it has no resource.
    pub fn is_bare(&self) -> bool {
        self.domain.1 == self.text.len()
    }

    /// The part before the `@`.
    pub fn local(&self) -> Option<&str> {
        self.text.get(..self.domain.0.checked_sub(1)?)
    }

    /// The domain.
    pub fn domain(&self) -> &str {
        self.text.get(self.domain.0..self.domain.1).unwrap_or_default()
    }

    /// The part behind the `/`.
    pub fn resource(&self) -> Option<&str> {
        self.text.get(self.domain.1 + 1..)
    }

    /// The prepared form.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl BareJid {
    /// Parses and prepares an address that must not have a resource.
    pub fn parse(text: &str) -> Result<BareJid, JidError> {
        let jid = Jid::parse(text)?;
        if jid.is_bare() { Ok(BareJid(jid)) } else { Err(JidError::NotBare) }
    }

    /// The part before the `@`.
    pub fn local(&self) -> Option<&str> {
        self.0.local()
    }

    /// The domain.
    pub fn domain(&self) -> &str {
        self.0.domain()
    }

    /// The prepared form.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// A local part by the profile UsernameCaseMapped (RFC 8265, section 3.3).
fn prepared_local(text: &str) -> Result<String, JidError> {
    let forbidden = |_| JidError::Forbidden(Part::Local);
    UsernameCaseMapped::enforce(text).map(String::from).map_err(forbidden)
}

/// A resource by the profile OpaqueString (RFC 8265, section 4.2): all spaces are the one of ASCII, and it is composed.
fn prepared_resource(text: &str) -> String {
    let space = |c: char| {
        let is_space =
            matches!(c, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}');
        if is_space { ' ' } else { c }
    };
    text.chars().map(space).nfc().collect()
}

/// The part, if it holds a character that is invisible and that PRECIS does not allow, where older rules dropped it (RFC 8264, section 9.13).
fn ignorable(text: Option<&str>, part: Part) -> Option<Part> {
    let is_ignorable = |c: char| matches!(c, '\u{ad}' | '\u{34f}' | '\u{1806}' | '\u{180b}'..='\u{180d}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    text.is_some_and(|text| text.contains(is_ignorable)).then_some(part)
}

/// A domain without a dot at its end, in small letters and with its labels in Unicode (RFC 7622, section 3.2). What only mapping makes a
/// domain is none: characters that nobody sees, or that stand for others.
fn prepared_domain(domain: &str) -> Result<String, JidError> {
    let domain = domain.strip_suffix('.').filter(|rest| !rest.is_empty()).unwrap_or(domain);
    let small: String = domain.chars().map(narrow).collect::<String>().to_lowercase().nfc().collect();
    if small.split('.').any(str::is_empty) {
        return Err(JidError::Forbidden(Part::Domain));
    }
    if small.is_ascii() && !small.contains("xn--") {
        return Ok(small);
    }
    let labels: Result<Vec<String>, JidError> = small.split('.').map(prepared_label).collect();
    labels.map(|labels| labels.join("."))
}

/// A label of a domain, which decoding and mapping leave as it is.
fn prepared_label(label: &str) -> Result<String, JidError> {
    let forbidden = JidError::Forbidden(Part::Domain);
    let unicode = |text: &str| match idna::domain_to_unicode(text) {
        (unicode, Ok(())) => Ok(unicode),
        _ => Err(forbidden),
    };
    let decoded = if label.starts_with("xn--") { unicode(label)? } else { label.to_owned() };
    let is_fixed = decoded.is_ascii() || unicode(&decoded)? == decoded;
    if is_fixed { Ok(decoded) } else { Err(forbidden) }
}

/// The ASCII character for which a full-width one stands; others stay.
fn narrow(character: char) -> char {
    let offset = u32::from('\u{ff01}') - u32::from('!');
    match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - offset).unwrap_or(character),
        _ => character,
    }
}

fn whole(local: Option<&str>, domain: &str, resource: Option<&str>) -> String {
    let local = local.map_or_else(String::new, |local| format!("{local}@"));
    let resource = resource.map_or_else(String::new, |resource| format!("/{resource}"));
    format!("{local}{domain}{resource}")
}

/// Parses and prepares an address.
pub fn parse(text: &str) -> Result<Jid, JidError> {
    Jid::parse(text)
}

/// Why a text has not the form of an address, whatever characters an old server or a nickname may have in it.
pub fn misshapen(text: &str) -> Option<JidError> {
    let (local, domain, resource) = match parts(text) {
        Ok(parts) => parts,
        Err(error) => return Some(error),
    };
    let found = [(Part::Local, local), (Part::Domain, Some(domain)), (Part::Resource, resource)];
    found.into_iter().find_map(|(part, text)| {
        let text = text?;
        let has_control = text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'));
        sized(part, text).err().or(has_control.then_some(JidError::Forbidden(part)))
    })
}

/// The bare address of a text, prepared; a text that is no address stays as it is. Whatever its resource is does not matter.
pub fn bare(text: &str) -> String {
    let bare = text.split_once('/').map_or(text, |(bare, _)| bare);
    if is_prepared(bare) {
        return bare.to_owned();
    }
    let without = parts(text).map(|(local, domain, _)| whole(local, domain, None));
    let prepared = without.and_then(|bare| Jid::parse(&bare));
    prepared.map_or_else(|_| text.to_owned(), |jid| jid.bare().to_string())
}

/// Whether a bare address is plainly its own prepared form: of ASCII's small letters and digits, as most are.
fn is_prepared(bare: &str) -> bool {
    const LONGEST_LABEL: usize = 63;
    const LONGEST: usize = 253;
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let (local, domain) = bare.split_once('@').unwrap_or(("-", bare));
    let is_label = |label: &str| (1..=LONGEST_LABEL).contains(&label.len()) && label.bytes().all(is_plain);
    let is_address = domain.split('.').next_back().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    (1..=LONGEST).contains(&local.len())
        && local.bytes().all(|byte| is_plain(byte) || b"-_.".contains(&byte))
        && domain.len() <= LONGEST
        && domain.split('.').all(is_label)
        && !is_address
}

/// The domain of an address, prepared; nothing where the text is none.
pub fn domain(text: &str) -> Option<String> {
    parse(text).ok().map(|jid| jid.domain().to_owned())
}

/// Whether two texts are the same address, prepared, resources included.
pub fn same(one: &str, other: &str) -> bool {
    matches!((parse(one), parse(other)), (Ok(one), Ok(other)) if one.as_str() == other.as_str())
}

/// Whether two texts have the same bare address.
pub fn same_bare(one: &str, other: &str) -> bool {
    bare(one) == bare(other)
}

impl fmt::Display for Jid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl fmt::Display for BareJid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl fmt::Debug for Jid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), out)
    }
}

impl fmt::Debug for BareJid {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), out)
    }
}

impl FromStr for Jid {
    type Err = JidError;

    fn from_str(text: &str) -> Result<Jid, JidError> {
        Jid::parse(text)
    }
}

impl FromStr for BareJid {
    type Err = JidError;

    fn from_str(text: &str) -> Result<BareJid, JidError> {
        BareJid::parse(text)
    }
}

impl From<BareJid> for Jid {
    fn from(bare: BareJid) -> Jid {
        bare.0
    }
}

/// Cuts an address as RFC 7622, section 3.2, says: first at the first `/`, then at the first `@` before it.
fn parts(text: &str) -> Result<(Option<&str>, &str, Option<&str>), JidError> {
    if text.is_empty() {
        return Err(JidError::Empty);
    }
    let (address, resource) = match text.split_once('/') {
        Some((address, resource)) => (address, Some(resource)),
        None => (text, None),
    };
    let (local, domain) = match address.split_once('@') {
        Some((local, domain)) => (Some(local), domain),
        None => (None, address),
    };
    if domain.contains('@') {
        return Err(JidError::SecondAt);
    }
    Ok((local, domain, resource))
}

/// Whether a part is neither empty nor longer than 1023 bytes.
fn sized(part: Part, text: &str) -> Result<(), JidError> {
    match (text.is_empty(), part) {
        (true, Part::Local) => Err(JidError::EmptyLocal),
        (true, Part::Domain) => Err(JidError::EmptyDomain),
        (true, Part::Resource) => Err(JidError::EmptyResource),
        _ if text.len() > 1023 => Err(JidError::TooLong(part)),
        _ => Ok(()),
    }
}

fn check_part(part: Part, text: Option<&str>) -> Result<(), JidError> {
    let Some(text) = text else { return Ok(()) };
    sized(part, text)?;
    let forbidden = |character: char| match part {
        // RFC 7622, section 3.3.1, beside what the profile of its preparation forbids.
        Part::Local => {
            "\"&'/:<>@".contains(character)
                || character.is_whitespace()
                || character.is_control()
                || is_symbol(character)
        }
        Part::Domain => !is_domain_character(character),
        Part::Resource => character.is_control(),
    };
    // RFC 7622, section 3.5, example 18: no space at the start of a resource.
    let leading_space = part == Part::Resource && text.starts_with(char::is_whitespace);
    if leading_space || text.chars().any(forbidden) { Err(JidError::Forbidden(part)) } else { Ok(()) }
}

/// Whether a character lies in the blocks of punctuation, symbols and number forms, none of which is an identifier
/// (RFC 8264, section 4.2.3). The two joiners among them are.
fn is_symbol(character: char) -> bool {
    let joiner = matches!(character, '\u{200c}' | '\u{200d}');
    !joiner && matches!(character, '\u{2000}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// Whether a character may stand in a domain, internationalised or an address in brackets.
fn is_domain_character(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || "-.:[]".contains(character)
        || (!character.is_ascii() && !character.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, JidError>) {
        assert_eq!(Jid::parse(text).as_ref().map(Jid::as_str).map_err(|error| *error), expected, "{text:?}");
    }

    #[test]
    fn a_domain_has_no_empty_label() {
        for empty in ["a@b..example", "a@b.example..", "a@.b", "a@.", ".."] {
            assert!(parse(empty).is_err(), "{empty}");
        }
        assert!(parse("a@b.example.").is_ok());
    }

    #[test]
    fn the_short_way_to_a_bare_address_is_the_long_one() {
        let slowly = |text: &str| {
            let without = parts(text).map(|(local, domain, _)| whole(local, domain, None));
            let prepared = without.and_then(|bare| Jid::parse(&bare));
            prepared.map_or_else(|_| text.to_owned(), |jid| jid.bare().to_string())
        };
        let texts = "juliet@capulet.example/balcony|capulet.example|a@b|a_b-c.d@e.f/g@h/i|@b|a@|a@b@c|1.2.3.4|a@1.2.3|a@b..c|a@.b|A@b|a@B|\
                     |/|a/b|a@b/|ab.c9/\u{200b}|-@b|a@9|a@b.9c";
        for text in texts.split('|') {
            assert_eq!(bare(text), slowly(text), "{text}");
        }
        let letters = ["a", "9", ".", "-", "_", "@", "/", "x"];
        for at in 0..8_usize.pow(5) {
            let text: String = (0..5).map(|place| letters[at / 8_usize.pow(place) % 8]).collect();
            assert_eq!(bare(&text), slowly(&text), "{text}");
        }
    }

    #[test]
    fn addresses() {
        check("juliet@example.com", Ok("juliet@example.com"));
        check("Romeo@Montague.Example/Orchard", Ok("romeo@montague.example/Orchard"));
        check("example.com", Ok("example.com"));
        check("a.example.com/b@example.net", Ok("a.example.com/b@example.net"));
        check("juliet@example.com/foo bar", Ok("juliet@example.com/foo bar"));
        check("fußball@example.com", Ok("fußball@example.com"));
        check("Fußball@Straße.example", Ok("fußball@straße.example"));
        check("\u{ff21}@example.com", Ok("a@example.com"));
        check("\u{fb01}@example.com", Err(JidError::Forbidden(Part::Local)));
        check("a@example.com/\u{fb01}", Ok("a@example.com/\u{fb01}"));
        check("a@example.com/e\u{301}\u{a0}x", Ok("a@example.com/\u{e9} x"));
        check("a@XN--STRAE-OQA.example", Ok("a@straße.example"));
        check("STRA\u{1e9e}E@b.example", Ok("straße@b.example"));
        check("a\u{661}@b.example", Err(JidError::Forbidden(Part::Local)));
        check("\u{a9}@b.example", Err(JidError::Forbidden(Part::Local)));
        for hidden in ["\u{200b}", "\u{ad}", "\u{34f}", "\u{fe0f}", "\u{2060}", "\u{feff}", "\u{115f}", "\u{e0100}"] {
            check(&format!("cap{hidden}ulet.example"), Err(JidError::Forbidden(Part::Domain)));
        }
        for folded in ["\u{24d2}apulet.example", "\u{1d41c}apulet.example", "\u{fb01}.example", "x\u{b2}.example"] {
            check(folded, Err(JidError::Forbidden(Part::Domain)));
        }
        check("\u{ff43}apulet.example", Ok("capulet.example"));
        check("π@example.com/π", Ok("π@example.com/π"));
        check("henry\u{2163}@example.com", Err(JidError::Forbidden(Part::Local)));
        check("♚@example.com", Err(JidError::Forbidden(Part::Local)));
        check("king@example.com/♚", Ok("king@example.com/♚"));
        check("juliet@example.com/ foo", Err(JidError::Forbidden(Part::Resource)));
        check("room@chat.example/a/b", Ok("room@chat.example/a/b"));
        check("[::1]", Ok("[::1]"));
        check("\"juliet\"@example.com", Err(JidError::Forbidden(Part::Local)));
        check("foo bar@example.com", Err(JidError::Forbidden(Part::Local)));
        check("juliet@example.com/", Err(JidError::EmptyResource));
        check("@example.com/", Err(JidError::EmptyLocal));
        check("juliet@", Err(JidError::EmptyDomain));
        check("/resource", Err(JidError::EmptyDomain));
        check("a@b@c", Err(JidError::SecondAt));
        check("", Err(JidError::Empty));
        check("juliet@exam ple.com", Err(JidError::Forbidden(Part::Domain)));
        check("juliet@exa<mple", Err(JidError::Forbidden(Part::Domain)));
        check("juliet@example.com ", Err(JidError::Forbidden(Part::Domain)));
        check(&format!("{}@b", "a".repeat(1024)), Err(JidError::TooLong(Part::Local)));
        check(&format!("a@{}", "b".repeat(1024)), Err(JidError::TooLong(Part::Domain)));
        check("a@b/\u{0}", Err(JidError::Forbidden(Part::Resource)));
    }

    #[test]
    fn bare_addresses_are_compared_prepared() {
        assert_eq!(Jid::parse("A@B.example/c").map(|jid| jid.bare()), BareJid::parse("a@b.EXAMPLE"));
        assert_eq!(BareJid::parse("a@b/c"), Err(JidError::NotBare));
        assert!(same_bare("A@B.example/c", "a@b.example"));
        assert!(!same_bare("a@b.example", "c@b.example"));
        assert!(!same_bare("straß@b.example", "strass@b.example"));
        assert!(!same_bare("σ@b.example", "ς@b.example"));
        assert_eq!(bare("not an address"), "not an address");
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics_and_the_prepared_form_stays(text in "\\PC{0,20}(@|/)?\\PC{0,20}") {
            if let Ok(jid) = Jid::parse(&text) {
                proptest::prop_assert_eq!(Jid::parse(jid.as_str()), Ok(jid.clone()));
            }
        }
    }
}
