//! # malformed-xml
//!
//! An example, or a whole XEP, is not well-formed XML.
//!
//! ## What it does
//!
//! Parses each example that is XML, and each XEP-XML file. What XEPs leave out by convention is no fault: `...` for what is abridged, a
//! stream that stays open, prefixes that everybody knows. What no convention explains is one.
//!
//! ## Why it matters
//!
//! Readers copy examples into tests and parsers. A tag that is not closed is mostly a slip of the pen, and it shows that nobody has
//! parsed the example before.
//!
//! ## Wrong
//!
//! ```xml
//! <message from='romeo@montague.example' to='juliet@capulet.example'>
//!   <body>Good morrow.</bdy>
//! </message>
//! ```
//!
//! ```xml
//! <message from='romeo@montague.example' to=juliet@capulet.example>
//!   <body>Bread & wine.</body>
//! </message>
//! ```
//!
//! ## Right
//!
//! ```xml
//! <message from='romeo@montague.example' to='juliet@capulet.example'>
//!   <body>Bread &amp; wine.</body>
//! </message>
//! ```
//!
//! ```xml
//! <message from='romeo@montague.example' to='juliet@capulet.example'>
//!   ...
//! </message>
//! ```
//!
//! ## Source
//!
//! - XML 1.0, Well-Formed XML Documents: <https://www.w3.org/TR/xml/#sec-well-formed>
//! - RFC 6120, section 11.3: <https://www.rfc-editor.org/rfc/rfc6120#section-11.3>

use super::{Context, Rule, slips};
use crate::example::{Example, Kind};
use crate::finding::{Finding, Fix, Severity, Sink};
use crate::source::Span;
use crate::xml::Problem;
use crate::xml::parse::Slip;
use std::collections::HashMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "malformed-xml",
    severity: Severity::Error,
    source: include_str!("malformed_xml.rs"),
    check: Some(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let named = Named::of(context);
    for example in context.examples {
        let fixes = named.fixes(example);
        let finding = |problem: &Problem| {
            let fix = fixes.get(&problem.span).cloned();
            Finding { fix, ..finding(problem, example) }
        };
        sink.extend_in(&example.id, example.problems.iter().map(finding));
    }
}

/// How often the names of closing tags with a slip stand in a document, and those that they should have.
struct Named<'a> {
    /// Everywhere.
    times: HashMap<&'a str, usize>,
    /// In such closing tags.
    slips: HashMap<&'a str, usize>,
}

impl<'a> Named<'a> {
    fn of(context: &Context<'a>) -> Named<'a> {
        let near: Vec<&Slip> =
            context.examples.iter().flat_map(|example| &example.parsed.slips).filter(|slip| slip.is_near()).collect();
        let mut slips = HashMap::new();
        for slip in &near {
            *slips.entry(slip.written.as_str()).or_default() += 1;
        }
        let both = near.iter().flat_map(|slip| [slip.written.as_str(), slip.meant.as_str()]);
        Named { times: slips::times_named(context, both), slips }
    }

    /// The changes that mend closing tags, by these.
    fn fixes(&self, example: &Example) -> HashMap<Span, Fix> {
        let is_on_purpose = example.kind == Kind::CounterExample;
        let near = example.parsed.slips.iter().filter(|slip| slip.is_near());
        near.filter_map(|slip| Some((slip.tag, slip.fix(!is_on_purpose && self.is_slip(slip))?))).collect()
    }

    /// Whether it is the closing tag that is wrong: its name stands nowhere else. Where it has been seen more than once, what
    /// it should be must stand in more places than the start tags.
    fn is_slip(&self, slip: &Slip) -> bool {
        let times = |name: &str| self.times.get(name).copied().unwrap_or(0);
        let slips = self.slips.get(slip.written.as_str()).copied().unwrap_or(0);
        let is_other_name = slip.written != slip.meant;
        !is_other_name || times(&slip.written) == slips && (slips == 1 || times(&slip.meant) > slips)
    }
}

fn finding(problem: &Problem, example: &Example) -> Finding {
    let mut finding = Finding::new(RULE.name, problem.span, problem.message.clone());
    finding.help = problem.help.clone();
    if let Some(caption) = &example.caption {
        finding = finding.note(format!(
            "in the example \"{}\", taken for `{}`: {}",
            caption.trim(),
            example.kind.word(),
            example.kind_reason
        ));
    }
    for (span, message) in &problem.related {
        finding = finding.related(*span, message.clone());
    }
    finding
}
