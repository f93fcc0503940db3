//! Who has to do what a sentence requires, found by plain rules: the grammatical subject of the key word where that is somebody
//! who can act. What is not certain is nothing.

use super::key_words::KeyWord;
use std::ops::Range;

/// Who can act in a specification, in the singular.
const ACTORS: [&str; 96] = [
    "admin",
    "administrator",
    "agent",
    "answerer",
    "app",
    "application",
    "author",
    "authority",
    "bot",
    "broker",
    "browser",
    "callee",
    "caller",
    "client",
    "component",
    "concentrator",
    "consumer",
    "contact",
    "controller",
    "council",
    "counterpart",
    "creator",
    "deployment",
    "developer",
    "device",
    "editor",
    "endpoint",
    "entity",
    "focus",
    "forwarder",
    "gateway",
    "holder",
    "host",
    "hub",
    "implementation",
    "implementer",
    "implementor",
    "initiator",
    "invitee",
    "inviter",
    "issuer",
    "joiner",
    "library",
    "listener",
    "manager",
    "member",
    "mixer",
    "moderator",
    "occupant",
    "offerer",
    "operator",
    "originator",
    "owner",
    "parser",
    "participant",
    "party",
    "peer",
    "people",
    "person",
    "platform",
    "processor",
    "producer",
    "provider",
    "proxy",
    "publisher",
    "querier",
    "reader",
    "receiver",
    "recipient",
    "registrant",
    "registrar",
    "registry",
    "relay",
    "requester",
    "requestor",
    "resource",
    "responder",
    "room",
    "seller",
    "sender",
    "server",
    "service",
    "side",
    "signer",
    "software",
    "stack",
    "submitter",
    "subscriber",
    "system",
    "transport",
    "uploader",
    "user",
    "verifier",
    "viewer",
    "visitor",
    "writer",
];

/// Words that begin a noun phrase.
const DETERMINERS: [&str; 26] = [
    "a", "all", "an", "another", "any", "both", "each", "either", "every", "her", "his", "its", "many", "most",
    "neither", "no", "one", "only", "other", "our", "some", "such", "that", "the", "their", "this",
];

/// Words that cannot stand before the noun of a noun phrase.
const NO_MODIFIERS: [&str; 66] = [
    "a", "about", "after", "also", "an", "and", "are", "as", "at", "be", "because", "been", "before", "between", "but",
    "by", "can", "cannot", "could", "do", "does", "during", "each", "for", "from", "had", "has", "have", "he", "how",
    "if", "in", "into", "is", "it", "not", "of", "on", "once", "or", "she", "since", "so", "than", "that", "the",
    "then", "there", "they", "this", "to", "unless", "until", "upon", "was", "were", "what", "when", "where",
    "whether", "which", "while", "who", "will", "with", "would",
];

/// Words that can stand between a subject and its key word, or before its clause, and mean nothing for who acts.
const ADVERBS: [&str; 33] = [
    "additionally",
    "again",
    "also",
    "alternatively",
    "always",
    "and",
    "anyway",
    "but",
    "finally",
    "first",
    "furthermore",
    "hence",
    "here",
    "however",
    "instead",
    "itself",
    "likewise",
    "moreover",
    "nevertheless",
    "next",
    "now",
    "only",
    "or",
    "otherwise",
    "similarly",
    "so",
    "still",
    "subsequently",
    "that",
    "themselves",
    "then",
    "therefore",
    "thus",
];

/// Words with which what describes a noun begins behind it.
const BEHIND_NOUNS: [&str; 50] = [
    "acting",
    "advertising",
    "at",
    "attempting",
    "behind",
    "claiming",
    "complying",
    "conforming",
    "connecting",
    "creating",
    "desiring",
    "for",
    "from",
    "generating",
    "handling",
    "hosting",
    "implementing",
    "in",
    "initiating",
    "interested",
    "joining",
    "making",
    "of",
    "offering",
    "on",
    "participating",
    "performing",
    "processing",
    "providing",
    "publishing",
    "receiving",
    "requesting",
    "responding",
    "running",
    "seeking",
    "sending",
    "servicing",
    "subscribing",
    "supporting",
    "that",
    "trying",
    "under",
    "using",
    "wanting",
    "which",
    "who",
    "whose",
    "willing",
    "wishing",
    "with",
];

/// Words behind which a clause begins that has its own subject.
const CLAUSE_BEGINS: [&str; 11] =
    ["because", "but", "hence", "since", "so", "that", "then", "therefore", "thus", "where", "whereas"];

/// Words with which something begins that the main clause follows.
const INTRODUCTIONS: [&str; 22] = [
    "after", "although", "as", "at", "before", "by", "during", "for", "from", "if", "in", "on", "once", "prior", "to",
    "under", "unless", "until", "upon", "when", "whenever", "while",
];

/// Participles without `-ed` that follow `be` in what is done to the subject.
const PARTICIPLES: [&str; 41] = [
    "begun",
    "bound",
    "broken",
    "brought",
    "built",
    "chosen",
    "cut",
    "done",
    "drawn",
    "forbidden",
    "forgotten",
    "found",
    "given",
    "heard",
    "held",
    "hidden",
    "kept",
    "known",
    "left",
    "lost",
    "made",
    "meant",
    "met",
    "overridden",
    "paid",
    "put",
    "read",
    "run",
    "seen",
    "sent",
    "set",
    "shown",
    "shut",
    "spent",
    "split",
    "taken",
    "thrown",
    "told",
    "understood",
    "withdrawn",
    "written",
];

/// Who is meant by the key word of that number.
pub(super) fn of(sentence: &str, key_words: &[(KeyWord, Range<usize>)], at: usize) -> Option<String> {
    let at = first_of_subject(sentence, key_words, at)?;
    let (word, range) = key_words.get(at)?;
    let (before, after) = (sentence.get(..range.start)?, sentence.get(range.end..)?);
    if word.is_adjective() {
        return described(before, after, at > 0);
    }
    if is_passive(after) {
        return agent(after);
    }
    subject(before, at > 0)
}

/// The first key word with the subject of another one: `A client MUST do this and MUST NOT do that`.
fn first_of_subject(sentence: &str, key_words: &[(KeyWord, Range<usize>)], at: usize) -> Option<usize> {
    let mut at = at;
    while at > 0 {
        let before = sentence.get(..key_words.get(at)?.1.start)?;
        let last = before.split_whitespace().next_back().map(str::to_lowercase);
        if !matches!(last.as_deref(), Some("and" | "or" | "but" | "then")) {
            break;
        }
        at -= 1;
    }
    Some(at)
}

/// Of `clients are REQUIRED to`, `it is RECOMMENDED that clients`, `REQUIRED for clients`.
fn described(before: &str, after: &str, has_previous: bool) -> Option<String> {
    let after = after.trim_start();
    if let Some(rest) = after.strip_prefix("that ").or_else(|| after.strip_prefix("for ")) {
        let tokens = tokens(rest.split([',', ';', '.', '(', ':']).next()?);
        let phrase = phrase(&tokens, 0)?;
        let is_plural = tokens.get(phrase.end - 1).is_some_and(|word| word.ends_with('s'));
        let next = tokens.get(phrase.end).map(String::as_str);
        return (is_plural || matches!(next, None | Some("to"))).then_some(phrase.text);
    }
    let before = before.trim_end();
    let verb = [" is", " are"].into_iter().find_map(|verb| before.strip_suffix(verb))?;
    if !after.starts_with("to ") || is_passive(after.strip_prefix("to")?) {
        return None;
    }
    subject(verb, has_previous)
}

/// Whether what follows a key word is done to its subject.
fn is_passive(after: &str) -> bool {
    let mut words = after.split_whitespace().map(plain).filter(|word| !is_adverb(word));
    let is_be = words.next().is_some_and(|word| word == "be");
    is_be
        && words.next().is_some_and(|word| {
            let is_participle = word.ends_with("ed") || PARTICIPLES.contains(&word.as_str());
            is_participle && word != "prepared" && word != "need"
        })
}

/// By whom something must be done that says so: `MUST be sent by the client`.
fn agent(after: &str) -> Option<String> {
    let clause = after.split([',', ';', ':', '(', '.']).next()?;
    let (_, rest) = clause.split_once(" by ")?;
    let tokens = tokens(rest);
    let phrase = phrase(&tokens, 0)?;
    let next = tokens.get(phrase.end).map(String::as_str);
    let is_over =
        next.is_none_or(|word| BEHIND_NOUNS.contains(&word) || INTRODUCTIONS.contains(&word) || is_adverb(word));
    is_over.then_some(phrase.text)
}

/// The subject that the text before a verb ends with.
fn subject(before: &str, has_previous: bool) -> Option<String> {
    let cut = boundary(before);
    let clause = tokens(before.get(cut..)?);
    if clause.len() > LONGEST {
        return None;
    }
    let begin = clause.iter().position(|word| !is_adverb(word));
    let Some(begin) = begin else {
        // `A client, on its own, MUST`: what stands before the first comma.
        let first = before.get(..before.find(", ")?)?;
        let is_aside = before.trim_end().ends_with(',') && clause.is_empty();
        return whole(&tokens(first), 0).filter(|_| is_aside);
    };
    let is_joined = |word: &String| matches!(word.as_str(), "and" | "or");
    if clause.iter().take(begin).any(is_joined) && !has_previous {
        return None;
    }
    let rest = clause.get(begin..)?;
    whole(rest, 0)
        .or_else(|| described_subject(rest))
        .or_else(|| of_last_clause(rest, has_previous))
        .or_else(|| introduced(rest))
}

/// How many words of a clause are looked at.
const LONGEST: usize = 60;

/// Where the last clause begins, as far as punctuation says so.
fn boundary(text: &str) -> usize {
    let is_mark = |(at, c): &(usize, char)| match c {
        ';' | '(' | ')' | '\u{2014}' | '\u{2013}' => true,
        ',' | ':' => text.get(at + 1..).is_some_and(|rest| rest.starts_with(char::is_whitespace)),
        _ => false,
    };
    text.char_indices().rfind(is_mark).map_or(0, |(at, mark)| at + mark.len_utf8())
}

/// A clause that is a noun phrase and nothing else.
fn whole(tokens: &[String], from: usize) -> Option<String> {
    let phrase = phrase(tokens, from)?;
    let is_all =
        tokens.get(phrase.end..)?.iter().all(|word| is_adverb(word) && !matches!(word.as_str(), "and" | "or" | "that"));
    is_all.then_some(phrase.text)
}

/// A clause that begins with a noun phrase and what describes it: `a server that hosts rooms`.
fn described_subject(tokens: &[String]) -> Option<String> {
    let found = phrase(tokens, 0)?;
    let behind = tokens.get(found.end..)?;
    behind.first().filter(|word| BEHIND_NOUNS.contains(&word.as_str()))?;
    let begins_another = |at: usize, word: &String| {
        let is_joint = matches!(word.as_str(), "and" | "or") || CLAUSE_BEGINS.contains(&word.as_str()) && at > 0;
        let is_joined = is_joint && phrase(behind, at + 1).is_some();
        is_joined
            || at > 0 && INTRODUCTIONS.contains(&word.as_str()) && ends_with_phrase(behind.get(at..).unwrap_or(&[]))
    };
    let is_one = !behind.iter().enumerate().any(|(at, word)| begins_another(at, word));
    is_one.then_some(found.text)
}

/// The subject of the last clause of several: `this means that the server`.
fn of_last_clause(tokens: &[String], has_previous: bool) -> Option<String> {
    let begins =
        |word: &String| CLAUSE_BEGINS.contains(&word.as_str()) || has_previous && matches!(word.as_str(), "and" | "or");
    let at = tokens.iter().rposition(begins)?;
    let rest = tokens.get(at + 1..)?;
    whole(rest, 0).or_else(|| described_subject(rest))
}

/// The subject behind an introduction without a comma: `if that is so the server`.
fn introduced(tokens: &[String]) -> Option<String> {
    tokens.first().filter(|word| INTRODUCTIONS.contains(&word.as_str()))?;
    let is_determiner = |at: &usize| tokens.get(*at).is_some_and(|word| DETERMINERS.contains(&word.as_str()));
    let starts = (2..tokens.len()).rev().filter(is_determiner);
    let is_free = |at: &usize| {
        tokens
            .get(at - 1)
            .is_some_and(|word| !NO_MODIFIERS.contains(&word.as_str()) && !INTRODUCTIONS.contains(&word.as_str()))
    };
    // Of several nouns in the plural the first may belong to what is before it: `with the code clients`.
    let is_certain = |phrase: &String| !phrase.ends_with('s') || phrase.split(' ').count() <= 2;
    starts.filter(is_free).find_map(|at| whole(tokens, at)).filter(is_certain)
}

/// Whether words end with a noun phrase that the word before it does not govern.
fn ends_with_phrase(tokens: &[String]) -> bool {
    introduced(tokens).is_some()
}

/// A noun phrase whose noun can act.
struct Phrase {
    text: String,
    /// Behind its last word.
    end: usize,
}

/// How many words stand before a noun at most.
const MODIFIERS: usize = 5;

fn phrase(tokens: &[String], from: usize) -> Option<Phrase> {
    let first = noun(tokens, from, false)?;
    let mut end = first;
    let is_joint = tokens.get(end).is_some_and(|word| matches!(word.as_str(), "and" | "or" | "and/or"));
    if let Some(second) = noun(tokens, end + 1, true).filter(|_| is_joint) {
        end = second;
    }
    let text = tokens.get(from..end)?.join(" ");
    Some(Phrase { text, end })
}

/// The end of a noun phrase that begins at a place. One in the singular has an article or the like, unless it is the second of two.
fn noun(tokens: &[String], from: usize, is_second: bool) -> Option<usize> {
    let mut at = from;
    let is_determiner = |at: usize| tokens.get(at).is_some_and(|word| DETERMINERS.contains(&word.as_str()));
    while is_determiner(at) && at < from + 2 {
        at += 1;
    }
    let has_determiner = at > from;
    let start = at;
    while at < start + MODIFIERS {
        let word = tokens.get(at)?;
        if actor(word).is_some() {
            break;
        }
        if NO_MODIFIERS.contains(&word.as_str()) || BEHIND_NOUNS.contains(&word.as_str()) && !word.ends_with("ing") {
            return None;
        }
        at += 1;
    }
    let mut is_plural = false;
    let begin = at;
    while let Some(plural) = tokens.get(at).and_then(|word| actor(word)) {
        is_plural = plural;
        at += 1;
    }
    (at > begin && (has_determiner || is_plural || is_second)).then_some(at)
}

/// Whether a word is somebody who can act, and whether it is in the plural.
fn actor(word: &str) -> Option<bool> {
    let lower = word.to_lowercase();
    let is_one = |word: &str| ACTORS.binary_search(&word).is_ok();
    if is_one(&lower) {
        return Some(matches!(lower.as_str(), "people" | "software" | "registrar" | "council" | "editor"));
    }
    let plural = lower.strip_suffix('s')?;
    let is_plural = is_one(plural)
        || plural.strip_suffix("ie").is_some_and(|stem| is_one(&format!("{stem}y")))
        || plural.strip_suffix('e').is_some_and(is_one);
    is_plural.then_some(true)
}

/// The words of a text, in lower case where that is only the beginning of a sentence.
fn tokens(text: &str) -> Vec<String> {
    let words = text
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '<' | '>' | '/')));
    let lowered = words.map(|word| {
        let rest = word.get(1..).unwrap_or("");
        let is_begin = rest.chars().all(|c| c.is_lowercase() || matches!(c, '-' | '\''));
        if is_begin { word.to_lowercase() } else { word.to_owned() }
    });
    lowered.filter(|word| !word.is_empty()).collect()
}

fn plain(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

fn is_adverb(word: &str) -> bool {
    ADVERBS.contains(&word) || word.ends_with("ly") && word.len() > 4
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::key_words;

    fn check(sentence: &str, expected: &str) {
        let mut words = Vec::new();
        let mut from = 0;
        while let Some(range) = key_words::next(sentence, from) {
            from = range.end;
            words.extend(KeyWord::of(&sentence[range.clone()]).map(|word| (word, range)));
        }
        let found = of(sentence, &words, words.len() - 1);
        assert_eq!(found.as_deref().unwrap_or("-"), expected, "{sentence}");
    }

    #[test]
    fn lists_of_words_are_sorted() {
        assert!(ACTORS.is_sorted());
        assert!(DETERMINERS.is_sorted() && NO_MODIFIERS.is_sorted() && BEHIND_NOUNS.is_sorted());
    }

    #[test]
    fn subjects_who_can_act_are_found() {
        check("A receiver MUST reject it.", "a receiver");
        check("Clients SHOULD NOT do so.", "clients");
        check("If it is so, then the server MUST answer.", "the server");
        check("When a client asks, its server SHOULD answer.", "its server");
        check("XMPP entities MAY do so.", "XMPP entities");
        check("A compliant client implementation MUST do so.", "a compliant client implementation");
        check("The sending client therefore MUST do so.", "the sending client");
        check("A client or server MUST do so.", "a client or server");
        check("Both the client and the server MUST do so.", "both the client and the server");
        check("A server that hosts rooms for a client MUST do so.", "a server");
        check("The owner of a room MAY do so.", "the owner");
        check("A client, on receipt of it, MUST do so.", "a client");
        check("Note that servers MUST do so.", "servers");
        check("If that is so the server MUST answer.", "the server");
        check("A client MUST wait and MUST NOT ask.", "a client");
        check("The identifier that the client MUST include.", "the client");
        check("The client MUST ask and the server MUST answer.", "the server");
    }

    #[test]
    fn adjectives_say_for_whom() {
        check("It is RECOMMENDED that clients do so.", "clients");
        check("Support is REQUIRED for servers.", "servers");
        check("Servers are NOT RECOMMENDED to do so.", "servers");
        check("The element is OPTIONAL.", "-");
        check("It is RECOMMENDED that the client identity be sent.", "-");
    }

    #[test]
    fn what_is_done_to_a_subject_names_the_agent_or_nobody() {
        check("The message MUST be sent by the client.", "the client");
        check("The server MUST be told.", "-");
        check("A client MUST be able to do so.", "a client");
        check("The client MUST be prepared for it.", "the client");
    }

    #[test]
    fn what_is_not_certain_is_nobody() {
        check("It MUST do so.", "-");
        check("The 'to' attribute MUST be there.", "-");
        check("The value sent to the server MUST differ.", "-");
        check("Messages between the client and the server MUST differ.", "-");
        check("A client, a server, and a component MUST do so.", "-");
        check("The client's request MUST have an id.", "-");
        check("The server name MUST fit.", "-");
        check("In this case compliant clients MUST do so.", "-");
        check("Clients that do so and servers MUST wait.", "-");
    }
}
