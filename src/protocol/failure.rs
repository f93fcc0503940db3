//! Why something could not be sealed or opened.

use crate::source::Span;
use std::fmt;

/// Why something could not be sealed or opened.
///
/// The kinds are stable and asked for by predicate; a failure is of exactly one kind. Its text may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    kind: Kind,
    message: String,
    span: Option<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    WrongCarrier,
    MalformedBase64,
    TooLarge,
    MalformedMessage,
    Unsupported,
    NotForUs,
    Tampered,
    Unencrypted,
    Unsigned,
    WrongSigner,
    Untimely,
    NotText,
    UnusableKey,
    Replayed,
    UnknownSession,
    WithoutContent,
    UnusableState,
}

/// One constructor and one predicate a kind.
macro_rules! kinds {
    ($($(#[$doc:meta])* $is:ident, $new:ident, $kind:ident;)*) => {
        impl Failure {
            $(
                $(#[$doc])*
                pub fn $is(&self) -> bool {
                    self.kind == Kind::$kind
                }

                pub(super) fn $new(message: impl Into<String>, span: impl Into<Option<Span>>) -> Failure {
                    Failure { kind: Kind::$kind, message: message.into(), span: span.into() }
                }
            )*
        }
    };
}

kinds! {
    /// The element is not the one that was expected, or does not hold text where it should.
    is_wrong_carrier, wrong_carrier, WrongCarrier;
    /// The text is not Base64.
    is_malformed_base64, malformed_base64, MalformedBase64;
    /// The message is larger than the protocol reads, or passes over more others than it may.
    is_too_large, too_large, TooLarge;
    /// The bytes are not one whole message of the protocol: garbage, cut short, or followed by something.
    is_malformed_message, malformed_message, MalformedMessage;
    /// The message uses something that this program does not do, as compression.
    is_unsupported, unsupported, Unsupported;
    /// The message is encrypted to other people.
    is_not_for_us, not_for_us, NotForUs;
    /// The message was changed on its way.
    is_tampered, tampered, Tampered;
    /// The message is not encrypted although that was demanded.
    is_unencrypted, unencrypted, Unencrypted;
    /// The message is not signed although that was demanded.
    is_unsigned, unsigned, Unsigned;
    /// The message is signed, but not by whom it should be, or by nobody known.
    is_wrong_signer, wrong_signer, WrongSigner;
    /// The signature lies in the future, or was made when its key was not valid.
    is_untimely, untimely, Untimely;
    /// The plaintext is not UTF-8.
    is_not_text, not_text, NotText;
    /// A key that is needed is missing, unreadable, locked, expired, revoked, not able to do what is asked, or without the
    /// person's address.
    is_unusable_key, unusable_key, UnusableKey;
    /// The message was opened before. Whoever receives it again passes over it in silence.
    is_replayed, replayed, Replayed;
    /// The message belongs to a session that is not there, or to prekeys that are not there any more.
    is_unknown_session, unknown_session, UnknownSession;
    /// The message carries no text: it only moved keys on.
    is_without_content, without_content, WithoutContent;
    /// What was stored of a device cannot be read, or cannot be what was stored.
    is_unusable_state, unusable_state, UnusableState;
}

impl Failure {
    /// What went wrong: one short sentence, in lower case, without a full stop.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The smallest place in the author's file that is to blame; `None` where it is no place in a file (a key).
    pub fn span(&self) -> Option<Span> {
        self.span
    }

    /// The failure of a protocol that this program does not carry.
    pub fn unknown_protocol(name: &str) -> Failure {
        Failure::unsupported(format!("the protocol `{name}` is not implemented"), None)
    }

    /// The same failure at `span`, unless it has a place already.
    pub(super) fn or_at(mut self, span: Option<Span>) -> Failure {
        self.span = self.span.or(span);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
