//! What a receiver did with a stanza, for people: a heading a layer, a line a fact.

use crate::example::explanation::{
    AffixLayer, ComparisonLayer, EnvelopeLayer, Explanation, FaultLayer, MessageLayer, Outcome, PolicyLayer,
    ProtocolLayer,
};
use crate::report::one_line;
use std::fmt::Write;

const BOLD: &str = "\u{1b}[1m";
const GREEN: &str = "\u{1b}[32m";
const YELLOW: &str = "\u{1b}[33m";
const RED: &str = "\u{1b}[1;31m";
const PLAIN: &str = "\u{1b}[0m";

/// The text, with ANSI colours where they are wanted. No meaning is in the colour alone.
pub(super) fn layers(explanation: &Explanation, colour: bool) -> String {
    let mut page = Page { text: String::new(), colour };
    page.message(&explanation.message);
    if let Some(protocol) = &explanation.protocol {
        page.protocol(protocol);
    }
    if let Some(envelope) = &explanation.envelope {
        page.envelope(envelope);
    }
    if !explanation.affixes.is_empty() || !explanation.comparisons.is_empty() {
        page.heading(match explanation.outcome {
            Outcome::Accepted | Outcome::Late => "Affixes",
            Outcome::Unauthenticated => "Affixes, as somebody unknown wrote them: NOT VERIFIED",
            Outcome::Refused | Outcome::NotSealed => "Affixes, as the refused envelope has them: NOT VERIFIED",
        });
        explanation.affixes.iter().for_each(|affix| page.affix(affix));
        explanation.comparisons.iter().for_each(|one| page.comparison(&one.subject, one));
    }
    if !explanation.policy.is_empty() {
        page.heading("Policy");
        explanation.policy.iter().for_each(|layer| page.policy(layer));
    }
    if !explanation.faults.is_empty() {
        page.heading("Faults");
        explanation.faults.iter().for_each(|fault| page.fault(fault));
    }
    page.outcome(explanation);
    page.text
}

struct Page {
    text: String,
    colour: bool,
}

impl Page {
    fn paint(&self, colour: &str, text: &str) -> String {
        if self.colour { format!("{colour}{text}{PLAIN}") } else { text.to_owned() }
    }

    fn heading(&mut self, title: &str) {
        let title = self.paint(BOLD, title);
        let gap = if self.text.is_empty() { "" } else { "\n" };
        let _ = writeln!(self.text, "{gap}{title}");
    }

    fn line(&mut self, name: &str, value: &str) {
        let _ = writeln!(self.text, "  {name:<12} {}", one_line(value));
    }

    fn some(&mut self, name: &str, value: Option<&String>) {
        if let Some(value) = value {
            self.line(name, value);
        }
    }

    fn message(&mut self, message: &MessageLayer) {
        self.heading("Message");
        let kind = message.type_.as_ref().map_or_else(String::new, |type_| format!(", type `{type_}`"));
        self.line("stanza", &format!("<{}/>{kind}", message.stanza));
        self.some("from", message.from.as_ref());
        self.some("to", message.to.as_ref());
        self.some("id", message.id.as_ref());
        self.line("situation", &message.situation);
        self.some("wrapper from", message.wrapper_from.as_ref());
        self.some("delay", message.delay.as_ref());
        self.some("account", message.account.as_ref());
        self.some("clock", message.clock.as_ref());
    }

    fn protocol(&mut self, protocol: &ProtocolLayer) {
        self.heading("Protocol");
        self.line("profile", &format!("{}, {}", protocol.profile, protocol.title));
        self.line("carrier", &protocol.carrier);
        for step in &protocol.steps {
            let _ = writeln!(self.text, "  {}", one_line(step));
        }
        if let Some(failure) = &protocol.failure {
            let verdict = self.paint(RED, "does not open");
            let _ = writeln!(self.text, "  {verdict}: {}", one_line(failure));
        }
    }

    fn envelope(&mut self, envelope: &EnvelopeLayer) {
        self.heading("Envelope");
        self.line("element", &envelope.element);
        self.line("form", envelope.form.as_deref().unwrap_or("none that the profile knows"));
        self.line("length", &format!("{} bytes, padding included", envelope.bytes));
    }

    fn affix(&mut self, affix: &AffixLayer) {
        let requirement = affix.requirement.as_ref().map_or_else(String::new, |id| format!(" ({id})"));
        let verdict = self.verdict(&affix.verdict);
        let value = one_line(&affix.value);
        let _ = writeln!(self.text, "  {:<12} {value} [{}]: {verdict}{requirement}", affix.name, affix.demanded);
        affix.comparisons.iter().for_each(|one| self.comparison("", one));
    }

    fn comparison(&mut self, subject: &str, one: &ComparisonLayer) {
        let with = one.with.as_deref().map_or_else(|| "nothing that is known".to_owned(), one_line);
        let word = match (one.with.is_some(), one.agrees) {
            (false, _) => "not compared",
            (true, true) => "agrees",
            (true, false) => "DOES NOT AGREE",
        };
        let value = if subject.is_empty() { String::new() } else { format!("{} ", one_line(&one.value)) };
        let _ = writeln!(self.text, "  {subject:<12} {value}with {}, {with}: {word}", one.term);
    }

    fn verdict(&self, word: &str) -> String {
        match word {
            "verified" => self.paint(GREEN, word),
            "failed" => self.paint(RED, "FAILED"),
            _ => word.to_owned(),
        }
    }

    fn policy(&mut self, layer: &PolicyLayer) {
        let _ = writeln!(
            self.text,
            "  {:<8} {}, stood {}, belongs {}: {} ({})",
            layer.outcome, layer.element, layer.stood, layer.place, layer.reason, layer.source
        );
    }

    fn fault(&mut self, fault: &FaultLayer) {
        let word = if fault.fatal { self.paint(RED, "refused") } else { "remark".to_owned() };
        let requirements = match fault.requirements.is_empty() {
            true => String::new(),
            false => format!(" ({})", fault.requirements.join(", ")),
        };
        let _ = writeln!(self.text, "  {word}: {}{requirements}", one_line(&fault.message));
        if let Some(note) = &fault.note {
            let _ = writeln!(self.text, "    {}", one_line(note));
        }
    }

    fn outcome(&mut self, explanation: &Explanation) {
        match explanation.outcome {
            Outcome::Accepted => {
                self.heading("Restored stanza");
                let verdict = self.paint(GREEN, "accepted");
                let signed = explanation.protocol.as_ref().is_some_and(|protocol| protocol.signed);
                let what = if signed { "everything was verified" } else { "nothing but its form: nobody signed it" };
                let _ = writeln!(self.text, "  {verdict}: {what}");
                let _ = writeln!(self.text, "{}", explanation.restored.as_deref().unwrap_or_default());
            }
            Outcome::Late => {
                self.heading("Restored stanza");
                let verdict = self.paint(YELLOW, "late");
                let _ = writeln!(
                    self.text,
                    "  {verdict}: everything was verified but the time; a client shows it and does not act on it"
                );
                let _ = writeln!(self.text, "{}", explanation.restored.as_deref().unwrap_or_default());
            }
            Outcome::Unauthenticated => {
                self.heading("By nobody knows whom: NOT VERIFIED");
                let verdict = self.paint(RED, "unauthenticated");
                let _ = writeln!(self.text, "  {verdict}: it opens, and nobody vouches for who wrote it");
                let hint = "  `--unauthenticated` shows the restored stanza";
                let _ = writeln!(self.text, "{}", explanation.restored.as_deref().unwrap_or(hint));
            }
            Outcome::Refused => {
                self.heading("Verdict");
                let verdict = self.paint(RED, "refused");
                let _ = writeln!(self.text, "  {verdict}: a receiver uses nothing of it");
            }
            Outcome::NotSealed => {
                self.heading("Verdict");
                let _ = writeln!(self.text, "  not sealed: nobody vouches for anything in this stanza");
            }
        }
        if let Some(unverified) = &explanation.unverified {
            let title = self.paint(RED, &unverified.warning);
            let _ = writeln!(self.text, "\n{title}");
            for line in unverified.plaintext.lines() {
                let _ = writeln!(self.text, "! {}", one_line(line));
            }
        }
    }
}
