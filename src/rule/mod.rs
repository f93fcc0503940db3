//! The rules: one file a rule, with its documentation, its metadata, its check and its cases.
//!
//! The text of `xep explain`, of the website and of the tests is the documentation comment of the rule's own file. Its code
//! blocks are run by the tests: what stands under "Wrong" is found by the rule, what stands under "Right" is not.

pub mod context;
pub mod expectation;
mod fault_rules;
mod header_facts;
pub mod maturity;
mod places;
pub mod series;

pub use context::{Context, OpenedExample, Yardstick};
pub use maturity::Maturity;
pub use series::{Origin, Series};

use crate::finding::{Finding, Severity, Sink};

/// A rule.
pub struct Rule {
    /// The name: it says the problem.
    pub name: &'static str,
    /// How bad it is where configuration says nothing else.
    pub severity: Severity,
    /// The source of the file that the rule stands in, for its documentation.
    source: &'static str,
    /// The check; a rule that a reader or the schema room speaks for has none of its own.
    check: Option<fn(&Context<'_>, &mut Sink)>,
}

impl Rule {
    /// The documentation as Markdown.
    pub fn documentation(&self) -> String {
        let lines = self.source.lines().map_while(|line| line.strip_prefix("//!"));
        lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    }

    /// The first sentence of the documentation.
    pub fn summary(&self) -> String {
        self.documentation().lines().find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or("").to_owned()
    }
}

/// Declares the modules of rules and the array of them, which is in the order of their names.
macro_rules! rules {
    ($($module:ident),* $(,)?) => {
        $(pub mod $module;)*
        /// All rules, by name.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),*];
    };
}

rules! {
    affix_mismatch,
    broken_fence,
    dead_link,
    duplicate_anchor,
    entity_bound,
    expectation_not_met,
    external_entity,
    faulty_schema,
    faulty_table,
    full_jid_in_affix,
    hash_mismatch,
    heading_level,
    inbox_link,
    invalid_jid,
    invalid_revision,
    invalid_time,
    malformed_anchor,
    malformed_attribute,
    malformed_footnote,
    malformed_header,
    malformed_link,
    malformed_shortname,
    malformed_xml,
    misplaced_element,
    misplaced_text,
    missing_affix,
    missing_element,
    missing_encryption_hint,
    missing_header_field,
    missing_store_hint,
    not_a_xep,
    not_one_content,
    placeholder_left,
    raw_html,
    revisions_out_of_order,
    round_trip_fails,
    schema_violation,
    sealed_example_differs,
    sealed_example_does_not_open,
    sensitive_outside,
    server_processed_inside,
    stale_example,
    superseding_disagrees,
    undeclared_entity,
    undefined_footnote,
    unencrypted_envelope,
    unexpected_affix,
    unknown_dependency,
    unknown_directive,
    unknown_element,
    unknown_header_field,
    unknown_status,
    unknown_type,
    unneeded_allow,
    unprotected_content,
    unqualified_content,
    unsupported_markdown,
    unused_footnote,
    written_out_legal_notice,
    wrong_approver,
    wrong_attribute,
    wrong_envelope_namespace,
    wrong_number,
    wrong_signer,
}

/// The rule of that name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

/// The severity of a finding: that of its rule, as the document's maturity lowers it.
pub fn severity(finding: &Finding, maturity: Maturity) -> Severity {
    maturity.lower(finding.rule, find(finding.rule).map_or(Severity::Error, |rule| rule.severity))
}

/// Runs every rule that has a check of its own.
pub fn run(context: &Context<'_>, sink: &mut Sink) {
    for rule in RULES {
        if let Some(check) = rule.check {
            check(context, sink);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_stand_in_the_order_of_their_names_and_are_documented() {
        let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        assert_eq!(names, sorted);
        for rule in RULES {
            let documentation = rule.documentation();
            for heading in ["## What it does", "## Why it matters", "## Wrong", "## Right", "## Source"] {
                assert!(documentation.contains(heading), "{}: no `{heading}`", rule.name);
            }
        }
    }
}
