//! What rules about sealed stanzas and envelopes share: they tell the faults of one kind.

use super::Context;
use crate::example::Example;
use crate::finding::{Finding, Sink};
use crate::sce::{Fault, FaultKind};

/// Tells all faults of a kind as findings of a rule.
pub(super) fn tell(rule: &'static str, kind: FaultKind, context: &Context<'_>, sink: &mut Sink) {
    tell_if(rule, context, sink, |fault| fault.kind == kind);
}

/// Tells all faults that belong to a rule.
pub(super) fn tell_if(rule: &'static str, context: &Context<'_>, sink: &mut Sink, belongs: impl Fn(&Fault) -> bool) {
    tell_in(rule, context, sink, |_| true, belongs);
}

/// Tells all faults that belong to a rule, in the examples that it is about.
pub(super) fn tell_in(
    rule: &'static str,
    context: &Context<'_>,
    sink: &mut Sink,
    is_about: impl Fn(&Example) -> bool,
    belongs: impl Fn(&Fault) -> bool,
) {
    for (at, fault) in context.faults.iter().filter(|(_, fault)| belongs(fault)) {
        let Some(example) = context.examples.get(*at).filter(|example| is_about(example)) else { continue };
        sink.extend_in(&example.id, [finding(rule, fault)]);
    }
}

fn finding(rule: &'static str, fault: &Fault) -> Finding {
    let mut finding = Finding::new(rule, fault.span, fault.message.clone());
    finding.requirement = fault.requirement.clone();
    finding.help = fault.help.clone();
    finding.notes.extend(fault.note.clone());
    for (span, message) in &fault.related {
        finding = finding.related(*span, message.clone());
    }
    finding
}
