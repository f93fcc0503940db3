//! What an example is in its story: who sends it, and which example it answers.
//!
//! The addresses say it, and in XEPs also the captions: "Server returns ...". Where neither does, nobody knows.

use super::Example;
use crate::xml::Element;
use crate::xmpp::jid;
use crate::xmpp::stanza::StanzaKind;
use std::collections::HashMap;

/// Who sends a stanza.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// An account's client.
    Client,
    /// A server, or a service such as a room.
    Server,
}

impl Party {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Party::Client => "client",
            Party::Server => "server",
        }
    }

    fn other(self) -> Party {
        match self {
            Party::Client => Party::Server,
            Party::Server => Party::Client,
        }
    }
}

/// An example in its story.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Who sends it.
    pub sender: Option<Party>,
    /// The number of the example with the request that it answers.
    pub answers: Option<usize>,
}

/// What each example is in the story of its section.
pub fn steps(examples: &[Example]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::with_capacity(examples.len());
    let mut requests: HashMap<(Option<usize>, &str), usize> = HashMap::new();
    for (at, example) in examples.iter().enumerate() {
        let mut step = Step { sender: sender(example), answers: None };
        if let Some(iq) = only_iq(example)
            && let Some(id) = iq.value("id")
        {
            let key = (example.sections.first().copied(), id);
            match iq.value("type") {
                Some("get" | "set") => drop(requests.insert(key, at)),
                _ => step.answers = requests.get(&key).copied(),
            }
        }
        steps.push(step);
    }
    steps
}

/// Who sends an example: by its addresses, else by its caption, else by what it shows of a stream.
fn sender(example: &Example) -> Option<Party> {
    let first = example.elements().next()?;
    let said = || example.caption.as_deref().and_then(said);
    by_addresses(first).or_else(said).or_else(|| by_stream(first))
}

/// The one IQ that an example shows.
pub fn only_iq(example: &Example) -> Option<&Element> {
    let mut elements = example.elements();
    let (first, second) = (elements.next()?, elements.next());
    (second.is_none() && StanzaKind::of(first) == Some(StanzaKind::Iq)).then_some(first)
}

/// Who sends a stanza, by its addresses: only clients have full addresses that go to a domain, and only they leave both ends
/// out of a request, since their server knows them (RFC 6120, 8.1.2.1 and 10.3).
pub fn by_addresses(stanza: &Element) -> Option<Party> {
    StanzaKind::of(stanza)?;
    let address = |name: &str| stanza.value(name).map(jid::parse);
    match (address("from"), address("to")) {
        (Some(Ok(from)), to) => match (from.local(), from.resource(), to) {
            (None, None, _) => Some(Party::Server),
            // In a room or a channel an address with a resource may be an occupant's.
            (Some(_), Some(_), None) => Some(Party::Client),
            (Some(_), Some(_), Some(Ok(to))) => to.local().is_none().then_some(Party::Client),
            _ => None,
        },
        (None, Some(Ok(to))) => match (to.local(), to.resource()) {
            (None, None) => Some(Party::Client),
            _ => None,
        },
        (None, None) => match stanza.value("type") {
            Some("get") => Some(Party::Client),
            _ => None,
        },
        _ => None,
    }
}

/// Who begins or goes on with a stream, by what only one of both sends (RFC 6120, 4.3, 5.4 and 6.4).
fn by_stream(element: &Element) -> Option<Party> {
    match element.name.local.as_str() {
        "features" | "challenge" | "success" | "proceed" => Some(Party::Server),
        "auth" | "starttls" => Some(Party::Client),
        _ => None,
    }
}

/// What captions call clients and those who use them.
const CLIENTS: [&str; 4] = ["client", "user", "client's", "requester"];

/// What captions call servers and what is on them.
const SERVERS: [&str; 7] = ["server", "service", "room", "gateway", "component", "chatroom", "host"];

/// What one does who answers.
const ANSWERS: [&str; 10] = [
    "returns",
    "responds",
    "replies",
    "answers",
    "acknowledges",
    "informs",
    "confirms",
    "refuses",
    "rejects",
    "denies",
];

/// What one does who sends, whether asked or not.
const SENDS: [&str; 6] = ["sends", "requests", "queries", "asks", "submits", "retrieves"];

/// Who does something, by the words of a caption: "MUC service returns an error", "Client to server".
pub fn said(caption: &str) -> Option<Party> {
    does(caption, &[&ANSWERS[..], &SENDS[..]].concat()).or_else(|| direction(caption))
}

/// Who answers, by the words of a caption.
pub fn said_to_answer(caption: &str) -> Option<Party> {
    does(caption, &ANSWERS)
}

fn does(caption: &str, verbs: &[&str]) -> Option<Party> {
    let words = words(caption);
    let pair = words.iter().zip(words.iter().skip(1)).find(|(_, verb)| verbs.contains(&verb.as_str()));
    pair.and_then(|(noun, _)| party(noun))
}

/// What "from client to server" says.
fn direction(caption: &str) -> Option<Party> {
    let words = words(caption);
    words.windows(3).find_map(|three| match three {
        [one, to, other] if to == "to" => party(one).filter(|sender| party(other) == Some(sender.other())),
        _ => None,
    })
}

fn party(noun: &str) -> Option<Party> {
    match noun {
        noun if CLIENTS.contains(&noun) => Some(Party::Client),
        noun if SERVERS.contains(&noun) => Some(Party::Server),
        _ => None,
    }
}

fn words(caption: &str) -> Vec<String> {
    caption
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .map(str::to_lowercase)
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn captions_say_who_sends() {
        let check = |caption: &str, expected: Option<Party>| assert_eq!(said(caption), expected, "{caption}");
        check("Server returns roster", Some(Party::Server));
        check("The MUC service responds with an error", Some(Party::Server));
        check("Client requests features", Some(Party::Client));
        check("Information request - client to server", Some(Party::Client));
        check("Information response (Server to Client)", Some(Party::Server));
        check("Service discovery information request", None);
        check("Server to server", None);
        check("User's server", None);
        check("", None);
        assert_eq!(said_to_answer("Client requests features"), None);
    }
}
