//! What each status of a XEP means to a reader, in our own words.

/// What a page says about a status.
#[derive(Clone, Copy, Debug)]
pub struct Notice {
    /// The class of the box: `open`, `good`, `bad`.
    pub class: &'static str,
    /// The notice.
    pub text: &'static str,
}

/// The notices, by status in lower case.
const NOTICES: [(&str, Notice); 12] = [
    (
        "protoxep",
        Notice {
            class: "open",
            text: "This is a proposal. It has not been accepted for publication in the XEP series, may change at any time and \
                   has no official standing. Implement it to try it out, not to deploy it.",
        },
    ),
    (
        "experimental",
        Notice {
            class: "open",
            text: "This specification is an experiment in the open. Implementations that help to improve it are welcome; \
                   before it advances, later versions may break them, so think twice before relying on it in production.",
        },
    ),
    (
        "proposed",
        Notice {
            class: "open",
            text: "This specification is under review for the next step of the standards process. Comments are most useful \
                   now, while the review is open.",
        },
    ),
    (
        "draft",
        Notice {
            class: "good",
            text: "This specification is stable. It was reviewed and accepted; deployments are encouraged, and changes that \
                   break them are unlikely.",
        },
    ),
    (
        "stable",
        Notice {
            class: "good",
            text: "This specification is stable. It was reviewed and accepted; deployments are encouraged, and changes that \
                   break them are unlikely.",
        },
    ),
    (
        "final",
        Notice {
            class: "good",
            text: "This specification is final. Its protocol is settled and does not change any more.",
        },
    ),
    (
        "active",
        Notice {
            class: "good",
            text: "This document is active: it is in force, and is kept up to date as practice demands.",
        },
    ),
    (
        "deferred",
        Notice {
            class: "bad",
            text: "Work on this specification has paused because it saw no change for a year. Look for a successor before \
                   implementing it, or take the work up again.",
        },
    ),
    (
        "deprecated",
        Notice {
            class: "bad",
            text: "This specification is on its way out. Do not begin new implementations of it; existing ones should plan \
                   for its successor.",
        },
    ),
    (
        "obsolete",
        Notice {
            class: "bad",
            text: "This specification is obsolete. It is kept for reference and should not be implemented.",
        },
    ),
    (
        "retracted",
        Notice { class: "bad", text: "The authors have withdrawn this specification. It should not be implemented." },
    ),
    (
        "rejected",
        Notice {
            class: "bad",
            text: "This specification was reviewed and not accepted. It should not be implemented.",
        },
    ),
];

/// The notice of a status.
pub fn notice(status: &str) -> Notice {
    let unknown = Notice { class: "open", text: "The standing of this document is described by its status above." };
    let known = NOTICES.iter().find(|(name, _)| name.eq_ignore_ascii_case(status));
    known.map_or(unknown, |(_, notice)| *notice)
}

/// A step in the life of a XEP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its status.
    pub status: &'static str,
    /// Whether the document is there, was there, or is still to come.
    pub state: &'static str,
}

/// The life of a document of that type, with the place where it stands. Nothing for a status outside of it that tells no
/// step (`Deferred` can follow on any).
pub fn lifecycle(type_: &str, status: &str) -> Vec<Step> {
    let track: &[&'static str] = if type_.eq_ignore_ascii_case("Standards Track") {
        &["ProtoXEP", "Experimental", "Proposed", "Stable", "Final"]
    } else {
        &["ProtoXEP", "Experimental", "Proposed", "Active"]
    };
    let status = if status.eq_ignore_ascii_case("Draft") { "Stable" } else { status };
    let Some(here) = track.iter().position(|step| step.eq_ignore_ascii_case(status)) else { return Vec::new() };
    let state = |at: usize| match at.cmp(&here) {
        std::cmp::Ordering::Less => "past",
        std::cmp::Ordering::Equal => "here",
        std::cmp::Ordering::Greater => "next",
    };
    track.iter().enumerate().map(|(at, status)| Step { status, state: state(at) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_life_of_a_document_shows_where_it_stands() {
        let states =
            |type_, status| lifecycle(type_, status).iter().map(|step| step.state).collect::<Vec<_>>().join(" ");
        assert_eq!(states("Standards Track", "Experimental"), "past here next next next");
        assert_eq!(states("Standards Track", "Draft"), "past past past here next");
        assert_eq!(states("Procedural", "Active"), "past past past here");
        assert_eq!(states("Standards Track", "Deferred"), "");
        assert_eq!(notice("retracted").class, "bad");
    }
}
