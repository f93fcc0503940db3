//! What an example is: complete, partial, a fragment, a stream, a transcript, or no XML at all.
//!
//! Inferred from the conventions that XEPs use, unless the author says it.

use crate::source::{MappedText, Span};
use crate::xml::parse::distance_at_most;
use crate::xml::{Element, Node, Parsed, Problem, ProblemKind, parse};

/// The kind of an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One well-formed element with nothing left out.
    Complete,
    /// XML of which something was left out.
    Partial,
    /// Several elements in a row, or elements with text between them.
    Fragment,
    /// A part of a stream: `<stream:stream>` may stay open.
    Stream,
    /// Lines that say who speaks.
    Transcript,
    /// Wrong on purpose.
    CounterExample,
    /// No XML.
    Text,
}

impl Kind {
    /// The word in documents and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Complete => "complete",
            Kind::Partial => "partial",
            Kind::Fragment => "fragment",
            Kind::Stream => "stream",
            Kind::Transcript => "transcript",
            Kind::CounterExample => "counter-example",
            Kind::Text => "text",
        }
    }

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<Kind> {
        use Kind::{Complete, CounterExample, Fragment, Partial, Stream, Text, Transcript};
        [Complete, Partial, Fragment, Stream, Transcript, CounterExample, Text]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// A text, judged.
#[derive(Debug)]
pub struct Judged {
    /// Its kind.
    pub kind: Kind,
    /// Why it is that.
    pub reason: String,
    /// The syntax: `xml`, or what else it seems to be.
    pub syntax: &'static str,
    /// Its trees; of a transcript without the speakers.
    pub parsed: Parsed,
    /// The problems that no convention explains.
    pub problems: Vec<Problem>,
}

/// Ways to say that something was left out.
const ELISIONS: [&str; 4] = ["...", "…", "[snip]", "[...]"];

/// Prefixes that XEPs use without declaring them.
const CUSTOMARY_PREFIXES: [&str; 6] = ["stream", "db", "xs", "xsd", "xsl", "xhtml"];

/// Says what a text is. `declared` is the kind that the author gave.
pub fn judge(text: &MappedText, declared: Option<Kind>) -> Judged {
    if declared == Some(Kind::Text) {
        return no_xml("the author says so", other_syntax(text.as_str()).unwrap_or("text"));
    }
    let transcript = without_speakers(text);
    let body = transcript.as_ref().unwrap_or(text);
    let stray = stray_letters(body);
    let without_stray = stray.map(|length| body.slice(length..body.len()));
    let body = without_stray.as_ref().unwrap_or(body);
    if declared.is_none()
        && let Some(syntax) = other_syntax(body.as_str())
    {
        return no_xml(&format!("it begins like {syntax}"), syntax);
    }
    let mut parsed = parse(body, crate::xml::CLIENT);
    if let Some(first) = before_other_protocol(body).filter(|_| !parsed.problems.is_empty()) {
        parsed = parse(&first, crate::xml::CLIENT);
    }
    let (kind, reason) = infer(body, &parsed, transcript.is_some());
    let mut problems = unexplained(body, &parsed);
    problems.extend(parsed.elements().flat_map(Element::descendants).filter_map(doubled_end));
    problems.extend(stray.and_then(|length| text.span(0..length)).map(stray_text));
    problems.sort_by_key(|problem| (problem.span.file, problem.span.start));
    let (kind, reason) = match declared {
        Some(kind) => (kind, "the author says so".to_owned()),
        None => (kind, reason.to_owned()),
    };
    Judged { kind, reason, syntax: "xml", parsed, problems }
}

/// The syntax of a text at a glance: no tree is made of it, and its kind is not told.
pub fn glance(text: &MappedText, declared: Option<Kind>) -> Judged {
    let syntax = match declared {
        Some(Kind::Text) => other_syntax(text.as_str()).unwrap_or("text"),
        Some(_) => "xml",
        None if without_speakers(text).is_some() => "xml",
        None => other_syntax(text.as_str()).unwrap_or("xml"),
    };
    no_xml("", syntax)
}

/// The length of a few letters that touch the first tag of a text that else is XML, as they come from a slip of the fingers.
fn stray_letters(text: &MappedText) -> Option<usize> {
    const MOST: usize = 4;
    let length = text.as_str().find(|c: char| !c.is_ascii_alphabetic()).filter(|length| (1..=MOST).contains(length))?;
    let rest = text.slice(length..text.len());
    let is_tag = rest.as_str().starts_with('<') && begins_like_xml(rest.as_str());
    let ends = rest.as_str().trim_end().ends_with('>');
    (is_tag && ends && parse(&rest, crate::xml::CLIENT).problems.is_empty()).then_some(length)
}

fn stray_text(span: Span) -> Problem {
    Problem {
        kind: ProblemKind::Other,
        span,
        message: "stray letters stand before the first tag".into(),
        related: Vec::new(),
        help: Some("take them away".into()),
    }
}

/// A second `>` right behind a tag. XML takes it for text; no author means it before a letter.
fn doubled_end(element: &Element) -> Option<Problem> {
    let Some(Node::Text(text)) = element.children.first() else { return None };
    let is_slip = text.text.as_str().strip_prefix('>')?.starts_with(char::is_alphanumeric);
    // What is written as `&gt;` is longer.
    let span = text.text.span(0..1).filter(|span| is_slip && span.end - span.start == 1)?;
    Some(Problem {
        kind: ProblemKind::BadTag,
        span,
        message: format!("the tag `<{}` ends twice", element.written_name()),
        related: Vec::new(),
        help: Some("take this away, or write `&gt;` if it is text".into()),
    })
}

fn no_xml(reason: &str, syntax: &'static str) -> Judged {
    Judged { kind: Kind::Text, reason: reason.to_owned(), syntax, parsed: Parsed::default(), problems: Vec::new() }
}

/// The syntax of a text that is no XML.
fn other_syntax(text: &str) -> Option<&'static str> {
    let text = skip_leading_elisions(text.trim_start_matches('\u{feff}'));
    let first_line = text.lines().next().unwrap_or("").trim();
    let is_http = first_line.contains(" HTTP/1.") || first_line.starts_with("HTTP/");
    match text.chars().next() {
        None => Some("nothing"),
        Some('<') if is_dtd(text) => Some("dtd"),
        Some('<') if is_template(text) => Some("text"),
        Some('<') if begins_like_xml(text) => None,
        Some('{' | '[') => Some("json"),
        _ if is_http => Some("http"),
        _ if text.starts_with("v=0") || text.starts_with("m=") || text.starts_with("a=") => Some("sdp"),
        _ if text.contains(" SIP/2.0") => Some("sip"),
        _ if first_line.starts_with("xmpp:") || first_line.contains("://") => Some("uri"),
        _ => Some("text"),
    }
}

/// Whether a text is declarations of a document type, behind comments and an XML declaration.
fn is_dtd(text: &str) -> bool {
    let mut text = text;
    loop {
        let end = match (text.starts_with("<!--"), text.starts_with("<?")) {
            (true, _) => "-->",
            (_, true) => "?>",
            _ => break,
        };
        let Some((_, rest)) = text.split_once(end) else { return false };
        text = rest.trim_start();
    }
    ["<!ELEMENT", "<!ATTLIST", "<!ENTITY", "<!NOTATION"].iter().any(|declaration| text.starts_with(declaration))
}

/// Whether a text only has names of what is to be put in, in angle brackets: `<option code> <data length> machine`.
fn is_template(text: &str) -> bool {
    let is_markup = ["</", "/>", "=", "<?", "<!"].iter().chain(&ELISIONS).any(|mark| text.contains(mark));
    let parts: Vec<&str> = text.split('<').skip(1).collect();
    let names = parts.iter().map(|part| part.split_once('>'));
    let says_more = |(name, behind): (&str, &str)| name.contains(' ') || !behind.trim().is_empty();
    !is_markup && names.clone().all(|part| part.is_some()) && names.flatten().any(says_more)
}

/// The text before a request or answer of HTTP or SIP, where one stands beneath XML.
fn before_other_protocol(text: &MappedText) -> Option<MappedText> {
    let mut at = 0;
    for line in text.as_str().split_inclusive('\n') {
        let words: Vec<&str> = line.split_whitespace().take(4).collect();
        let is_request = matches!(words.as_slice(), [method, _, version] if is_method(method) && is_protocol(version));
        let is_answer =
            matches!(words.as_slice(), [version, code, ..] if is_protocol(version) && code.parse::<u16>().is_ok());
        if (is_request || is_answer) && at > 0 {
            return Some(text.slice(0..at));
        }
        at += line.len();
    }
    None
}

fn is_method(word: &str) -> bool {
    word.len() > 2 && word.chars().all(|c| c.is_ascii_uppercase())
}

fn is_protocol(word: &str) -> bool {
    word.starts_with("HTTP/") || word.starts_with("SIP/")
}

/// What may stand before the first tag of an abridged example.
fn skip_leading_elisions(text: &str) -> &str {
    let mut text = text.trim_start();
    while let Some(elision) = ELISIONS.iter().find(|elision| text.starts_with(**elision)) {
        text = text[elision.len()..].trim_start();
    }
    text
}

fn begins_like_xml(text: &str) -> bool {
    let mut characters = text.chars();
    if characters.next() != Some('<') {
        return false;
    }
    match characters.next() {
        Some('?' | '!' | '/') => true,
        Some(c) => c.is_alphabetic() || c == '_' || c == '.' || c == '…',
        None => false,
    }
}

/// The text of a transcript without the names of who speaks (`C: `), if it is one.
fn without_speakers(text: &MappedText) -> Option<MappedText> {
    if begins_like_xml(text.as_str().trim_start()) {
        return None;
    }
    let lines = text.as_str().split_inclusive('\n');
    let spoken = text.as_str().lines().filter(|line| speaker_length(line) > 0).count();
    let filled = text.as_str().lines().filter(|line| !line.trim().is_empty()).count();
    let begins = text.as_str().lines().find(|line| !line.trim().is_empty());
    let begins_with_tag = begins.is_some_and(|line| {
        let length = speaker_length(line);
        length > 0 && line[length..].trim_start().starts_with('<')
    });
    if spoken == 0 || spoken * 3 < filled && !begins_with_tag {
        return None;
    }
    let mut body = MappedText::new();
    let mut at = 0;
    for line in lines {
        body.push_mapped(text, at + speaker_length(line)..at + line.len());
        at += line.len();
    }
    Some(body)
}

/// The length of `C: ` or `Client:` at the start of a line.
fn speaker_length(line: &str) -> usize {
    let indent = line.len() - line.trim_start().len();
    let rest = &line[indent..];
    let Some((name, after)) = rest.split_once(':') else { return 0 };
    let is_name = !name.is_empty() && name.len() <= 12 && name.chars().all(|c| c.is_alphanumeric() || c == ' ');
    let is_speech = after.starts_with([' ', '\t']) || after.trim().is_empty();
    match is_name && is_speech && !name.contains("xmlns") {
        true => indent + name.len() + 1,
        false => 0,
    }
}

fn infer(text: &MappedText, parsed: &Parsed, is_transcript: bool) -> (Kind, &'static str) {
    let elements = parsed.elements().count();
    if is_transcript {
        return (Kind::Transcript, "its lines say who speaks");
    }
    if is_stream(text.as_str()) {
        return (Kind::Stream, "it shows the stream itself");
    }
    if !parsed.elisions.is_empty() {
        return (Kind::Partial, "something is left out inside a tag");
    }
    if ELISIONS.iter().any(|elision| text.as_str().contains(elision)) {
        return (Kind::Partial, "it says that something is left out");
    }
    if elements == 1 && parsed.problems.is_empty() && has_no_loose_text(parsed) {
        return (Kind::Complete, "one well-formed element");
    }
    match elements {
        1 if has_no_loose_text(parsed) => (Kind::Fragment, "one element that is not well-formed"),
        0 => (Kind::Fragment, "it holds no whole element"),
        1 => (Kind::Fragment, "one element and more beside it"),
        _ => (Kind::Fragment, "several elements in a row"),
    }
}

fn has_no_loose_text(parsed: &Parsed) -> bool {
    parsed.nodes.iter().all(|node| match node {
        crate::xml::Node::Text(text) => text.text.as_str().trim().is_empty(),
        _ => true,
    })
}

fn is_stream(text: &str) -> bool {
    text.contains("<stream:stream")
        || text.contains("</stream:stream")
        || text.contains("<open ") && text.contains("framing")
}

/// The problems that no convention explains.
fn unexplained(text: &MappedText, parsed: &Parsed) -> Vec<Problem> {
    let is_cut_short = ends_with_elision(text.as_str());
    parsed.problems.iter().filter(|problem| !is_explained(problem, is_cut_short)).cloned().collect()
}

fn is_explained(problem: &Problem, is_cut_short: bool) -> bool {
    // A stream is opened in one example and closed in another.
    let about_stream = problem.message.contains("<stream>") || problem.message.contains("stream:stream>");
    match problem.kind {
        ProblemKind::Unclosed => is_cut_short || about_stream,
        ProblemKind::WrongEnd => about_stream,
        ProblemKind::UnboundPrefix => {
            CUSTOMARY_PREFIXES.iter().any(|prefix| problem.message.contains(&format!("`{prefix}`")))
        }
        _ => false,
    }
}

fn ends_with_elision(text: &str) -> bool {
    let text = text.trim_end();
    ELISIONS.iter().any(|elision| text.ends_with(elision)) || text.ends_with("]") && text.contains('[')
}

/// Whether a text says that something was left out of it, or stands for something: `...`, `[ ... ]`, `{value}`.
pub fn is_elided(text: &str) -> bool {
    let text = text.trim();
    ELISIONS.iter().any(|elision| text.contains(elision))
        || text.starts_with('[') && text.ends_with(']')
        || text.starts_with('{') && text.ends_with('}')
        || text.contains("[ ")
}

/// The word of a list that a misspelt one probably means.
pub fn suggestion<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let within = |limit| known.iter().copied().find(|candidate| distance_at_most(word, candidate, limit));
    within(1).or_else(|| within(2))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn judged(text: &str) -> String {
        let mut sources = Sources::default();
        let file = sources.add("t", text);
        let judged = judge(&MappedText::verbatim(&sources, sources.whole(file)), None);
        let problems: Vec<&str> = judged.problems.iter().map(|problem| problem.message.as_str()).collect();
        format!("{} {}", judged.kind.word(), problems.join("|")).trim().to_owned()
    }

    #[test]
    fn conventions_explain_what_is_not_well_formed() {
        let cases = [
            ("<iq/>", "complete"),
            ("<!DOCTYPE a PUBLIC 'b' 'c'>\n<a/>", "complete"),
            ("<iq ...><a [b='c']/></iq>", "partial"),
            ("<a>...", "partial"),
            ("<a/><b/>", "fragment"),
            ("R: </stream:stream>", "transcript"),
            ("SEND: <stream xmlns:app='a'>\n  <b\n c='d'/>\n <e/>\n<f/>", "transcript"),
            ("<stream:stream to='a'>", "stream"),
            ("<!-- a --><!ELEMENT a (b)>", "text"),
            ("<option code> <data length> machine", "text"),
            ("<message/>\n\nMESSAGE sip:a@b SIP/2.0\nTo: <sip:a@b>", "complete"),
            ("<a>", "fragment `<a>` is never closed"),
            ("qn<iq/>", "complete stray letters stand before the first tag"),
            ("94<iq/>", "text"),
            ("<body>>my</body>", "complete the tag `<body` ends twice"),
            ("<body>> my</body>", "complete"),
            ("<body>&gt;my</body>", "complete"),
        ];
        for (text, expected) in cases {
            assert_eq!(judged(text), expected, "{text}");
        }
        assert_eq!(Kind::from_word("stream").unwrap(), Kind::Stream);
    }
}
