//! What is wrong with a sealed stanza or an envelope, as data.

use crate::source::Span;

/// The sort of a fault. Each belongs to one rule of the checker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// The plaintext is no XML.
    MalformedPlaintext,
    /// The plaintext's root is no envelope of the profile.
    WrongEnvelope,
    /// There is no content, or more than one.
    ContentCount,
    /// A child of the content has no namespace of its own.
    UnqualifiedContent,
    /// An element that belongs outside is inside.
    ServerProcessedInside,
    /// An element that belongs inside is outside.
    SensitiveOutside,
    /// An affix that the profile demands is missing.
    MissingAffix,
    /// An affix that the profile forbids, or one too many.
    UnexpectedAffix,
    /// An affix names another address or time than the stanza.
    AffixMismatch,
    /// An affix names a time that is too far away, in a stanza that is marked for that and not rejected.
    Late,
    /// An address has a resource where a bare one is demanded.
    FullJid,
    /// An address is none.
    InvalidJid,
    /// A time is not as XEP-0082 says.
    InvalidTime,
    /// An envelope stands in a stanza without encryption.
    UnencryptedEnvelope,
    /// A hint for servers or clients is missing.
    MissingHint,
    /// Who signed is not who claims to have written.
    WrongSigner,
    /// The envelope is not protected as the profile demands.
    NotProtected,
    /// A stanza has more than one carrier.
    CarrierCount,
    /// A carbon copy or a message from an archive comes from somebody who may not send any.
    ForgedWrapper,
    /// The same envelope was accepted before.
    Repeated,
    /// Text stands in an envelope or content.
    TextInEnvelope,
    /// An envelope holds what its schema does not describe.
    EnvelopeForm,
    /// A content holds twice what a stanza has once.
    ContentTwice,
    /// A message is said to come from a room that the receiver has not joined.
    UnknownRoom,
    /// A wrapper does not hold one forwarded stanza.
    WrapperShape,
    /// A result of an archive that nobody asked for.
    UnaskedResult,
    /// A stanza of a type that is never sealed.
    NeverSealed,
    /// It was signed at another time than its envelope says.
    SigningTime,
    /// The content speaks for an account that is not its author's.
    ForeignClaim,
    /// An element stood on both sides, or outside where it does not count; the one inside is used.
    Superseded,
    /// A stanza is an error, and what was sealed in it is none.
    ReturnedError,
    /// A restored IQ has not the children that RFC 6120 demands of its type.
    IqChildren,
}

impl FaultKind {
    /// The word for it in the table `[verdict]` of `profiles.toml`.
    pub fn word(self) -> &'static str {
        match self {
            FaultKind::MalformedPlaintext => "malformed-plaintext",
            FaultKind::WrongEnvelope => "wrong-envelope",
            FaultKind::ContentCount => "content-count",
            FaultKind::UnqualifiedContent => "unqualified-content",
            FaultKind::ServerProcessedInside => "server-processed-inside",
            FaultKind::SensitiveOutside => "sensitive-outside",
            FaultKind::MissingAffix => "missing-affix",
            FaultKind::UnexpectedAffix => "unexpected-affix",
            FaultKind::AffixMismatch => "affix-mismatch",
            FaultKind::Late => "late",
            FaultKind::FullJid => "full-jid-in-affix",
            FaultKind::InvalidJid => "invalid-jid",
            FaultKind::InvalidTime => "invalid-time",
            FaultKind::UnencryptedEnvelope => "unencrypted-envelope",
            FaultKind::MissingHint => "missing-hint",
            FaultKind::WrongSigner => "wrong-signer",
            FaultKind::NotProtected => "not-protected",
            FaultKind::CarrierCount => "carrier-count",
            FaultKind::ForgedWrapper => "forged-wrapper",
            FaultKind::Repeated => "repeated",
            FaultKind::TextInEnvelope => "text-in-envelope",
            FaultKind::EnvelopeForm => "envelope-form",
            FaultKind::ContentTwice => "content-twice",
            FaultKind::UnknownRoom => "unknown-room",
            FaultKind::WrapperShape => "wrapper-shape",
            FaultKind::UnaskedResult => "unasked-result",
            FaultKind::NeverSealed => "never-sealed",
            FaultKind::SigningTime => "signing-time",
            FaultKind::ForeignClaim => "foreign-claim",
            FaultKind::Superseded => "superseded",
            FaultKind::ReturnedError => "returned-error",
            FaultKind::IqChildren => "iq-children",
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The sort.
    pub kind: FaultKind,
    /// The smallest span that is wrong.
    pub span: Span,
    /// One short sentence.
    pub message: String,
    /// Why: the reason in the table.
    pub note: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// Other places that matter.
    pub related: Vec<(Span, String)>,
    /// The requirement of the draft that decides.
    pub requirement: Option<String>,
    /// Other requirements that decide with it: that of the situation, above all.
    pub grounds: Vec<String>,
    /// The rule that a missing hint belongs to: the table names it.
    pub rule: Option<String>,
    /// Whether a receiver refuses the stanza for it; else it discards or ignores what is wrong.
    pub fatal: bool,
}

impl Fault {
    /// A fault of a kind at a place, which makes a receiver refuse the stanza.
    pub fn new(kind: FaultKind, span: Span, message: impl Into<String>) -> Fault {
        Fault {
            kind,
            span,
            message: message.into(),
            note: None,
            help: None,
            related: Vec::new(),
            requirement: None,
            grounds: Vec::new(),
            rule: None,
            fatal: true,
        }
    }

    /// The same, but a receiver goes on.
    pub fn tolerated(mut self) -> Fault {
        self.fatal = false;
        self
    }

    /// Says why.
    pub fn note(mut self, note: impl Into<String>) -> Fault {
        self.note = Some(note.into());
        self
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Fault {
        self.help = Some(help.into());
        self
    }

    /// Shows another place.
    pub fn related(mut self, span: Span, message: impl Into<String>) -> Fault {
        self.related.push((span, message.into()));
        self
    }

    /// Names another requirement that decides with it.
    pub fn ground(mut self, id: &str) -> Fault {
        self.grounds.push(id.to_owned());
        self
    }

    /// Names the requirement.
    pub fn requirement(mut self, id: Option<&str>) -> Fault {
        self.requirement = id.map(str::to_owned);
        self
    }
}
