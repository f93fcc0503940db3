//! The rules: one file a rule, with its documentation, its metadata, its check and its cases.
//!
//! The text of `xep explain`, of the website and of the tests is the documentation comment of the rule's own file. Its code
//! blocks are run by the tests: what stands under "Wrong" is found by the rule, what stands under "Right" is not.

pub mod context;
pub mod expectation;
mod fault_rules;
mod forms;
mod header_facts;
pub mod levels;
pub mod maturity;
mod misspellings;
pub(crate) mod namespaces;
mod places;
mod prose;
mod references;
mod sentences;
mod slips;
mod span_set;
mod stanzas;
mod template;
mod typed;

pub mod affix_mismatch;
pub mod already_numbered;
pub mod british_spelling;
pub mod broken_fence;
pub mod collective_author;
pub mod contradictory_requirement;
pub mod dead_link;
pub mod disagreeing_table;
pub mod disagreeing_text;
pub mod duplicate_anchor;
pub mod empty_header_field;
pub mod entity_bound;
pub mod escaped_markup;
pub mod example_address;
pub mod expectation_not_met;
pub mod external_entity;
pub mod faulty_schema;
pub mod faulty_table;
pub mod full_jid_in_affix;
pub mod hash_mismatch;
pub mod heading_level;
pub mod imprecise_example;
pub mod inbox_link;
pub mod invalid_jid;
pub mod invalid_revision;
pub mod invalid_time;
pub mod malformed_address;
pub mod malformed_aesgcm;
pub mod malformed_anchor;
pub mod malformed_attribute;
pub mod malformed_base64;
pub mod malformed_command;
pub mod malformed_footnote;
pub mod malformed_form;
pub mod malformed_hash;
pub mod malformed_header;
pub mod malformed_iq;
pub mod malformed_link;
pub mod malformed_shortname;
pub mod malformed_xml;
pub mod mismatched_answer;
pub mod mismatched_command;
pub mod mismatched_field_type;
pub mod misplaced_element;
pub mod misplaced_text;
pub mod missing_affix;
pub mod missing_element;
pub mod missing_encryption_hint;
pub mod missing_error_condition;
pub mod missing_feature;
pub mod missing_header_field;
pub mod missing_recommended_section;
pub mod missing_required_section;
pub mod missing_store_hint;
pub mod missing_stylesheet;
pub mod misspelt_field;
pub mod misspelt_word;
pub mod misspelt_xmlns;
pub mod near_miss_address;
pub mod near_miss_name;
pub mod not_a_xep;
pub mod not_offered;
pub mod not_one_content;
pub mod outdated_namespace;
pub mod outdated_schema;
pub mod placeholder_left;
pub mod raw_html;
pub mod repeated_example;
pub mod repeated_requirement;
pub mod revisions_out_of_order;
pub mod reworded_boilerplate;
pub mod round_trip_fails;
pub mod schema_violation;
pub mod sealed_example_differs;
pub mod sealed_example_does_not_open;
pub mod section_out_of_order;
pub mod sensitive_outside;
pub mod server_processed_inside;
pub mod stale_example;
pub mod stray_text;
pub mod superseding_disagrees;
pub mod undeclared_entity;
pub mod undefined_footnote;
pub mod unencrypted_envelope;
pub mod unexpected_affix;
pub mod unknown_dependency;
pub mod unknown_directive;
pub mod unknown_element;
pub mod unknown_hash_function;
pub mod unknown_header_field;
pub mod unknown_namespace;
pub mod unknown_status;
pub mod unknown_type;
pub mod unlisted_dependency;
pub mod unmentioned_dependency;
pub mod unneeded_allow;
pub mod unprotected_content;
pub mod unqualified_content;
pub mod unqualified_payload;
pub mod unreachable_author;
pub mod unsupported_markdown;
pub mod unused_footnote;
pub mod unusual_first_revision;
pub mod written_out_legal_notice;
pub mod wrong_approver;
pub mod wrong_attribute;
pub mod wrong_count;
pub mod wrong_dialback_key;
pub mod wrong_envelope_namespace;
pub mod wrong_field_value;
pub mod wrong_number;
pub mod wrong_range;
pub mod wrong_sender;
pub mod wrong_signer;
pub mod wrong_stanza_type;
pub mod wrong_version;

pub use context::{Context, OpenedExample, Yardstick};
pub use levels::{Level, Levels};
pub use maturity::Maturity;

use crate::finding::{Finding, Severity, Sink};

/// The rules that are off until somebody asks for them: what they tell is true to the letter, and mostly no fault.
const PEDANTIC: [&str; 1] = ["imprecise-example"];

/// The rules that are off until somebody writes a document for the XSF's inbox: what the XMPP Extensions Editor would change, ask
/// about or refuse. Many a published XEP would be full of findings that nobody wants to act on any more.
const INBOX: [&str; 12] = [
    "already-numbered",
    "british-spelling",
    "collective-author",
    "example-address",
    "missing-recommended-section",
    "missing-required-section",
    "reworded-boilerplate",
    "section-out-of-order",
    "unlisted-dependency",
    "unmentioned-dependency",
    "unreachable-author",
    "unusual-first-revision",
];

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
    /// Whether it is off until somebody wants to know all.
    pub fn is_pedantic(&self) -> bool {
        PEDANTIC.contains(&self.name)
    }

    /// Whether it is off until somebody writes a document for the inbox.
    pub fn is_for_inbox(&self) -> bool {
        INBOX.contains(&self.name)
    }

    /// Whether it is on where nobody asks for anything.
    pub fn is_on_by_default(&self) -> bool {
        !self.is_pedantic() && !self.is_for_inbox()
    }

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

/// All rules, by name. A new one is a file, a module and a line here.
pub static RULES: &[&Rule] = &[
    &affix_mismatch::RULE,
    &already_numbered::RULE,
    &british_spelling::RULE,
    &broken_fence::RULE,
    &collective_author::RULE,
    &contradictory_requirement::RULE,
    &dead_link::RULE,
    &disagreeing_table::RULE,
    &disagreeing_text::RULE,
    &duplicate_anchor::RULE,
    &empty_header_field::RULE,
    &entity_bound::RULE,
    &escaped_markup::RULE,
    &example_address::RULE,
    &expectation_not_met::RULE,
    &external_entity::RULE,
    &faulty_schema::RULE,
    &faulty_table::RULE,
    &full_jid_in_affix::RULE,
    &hash_mismatch::RULE,
    &heading_level::RULE,
    &imprecise_example::RULE,
    &inbox_link::RULE,
    &invalid_jid::RULE,
    &invalid_revision::RULE,
    &invalid_time::RULE,
    &malformed_address::RULE,
    &malformed_aesgcm::RULE,
    &malformed_anchor::RULE,
    &malformed_attribute::RULE,
    &malformed_base64::RULE,
    &malformed_command::RULE,
    &malformed_footnote::RULE,
    &malformed_form::RULE,
    &malformed_hash::RULE,
    &malformed_header::RULE,
    &malformed_iq::RULE,
    &malformed_link::RULE,
    &malformed_shortname::RULE,
    &malformed_xml::RULE,
    &mismatched_answer::RULE,
    &mismatched_command::RULE,
    &mismatched_field_type::RULE,
    &misplaced_element::RULE,
    &misplaced_text::RULE,
    &missing_affix::RULE,
    &missing_element::RULE,
    &missing_encryption_hint::RULE,
    &missing_error_condition::RULE,
    &missing_feature::RULE,
    &missing_header_field::RULE,
    &missing_recommended_section::RULE,
    &missing_required_section::RULE,
    &missing_store_hint::RULE,
    &missing_stylesheet::RULE,
    &misspelt_field::RULE,
    &misspelt_word::RULE,
    &misspelt_xmlns::RULE,
    &near_miss_address::RULE,
    &near_miss_name::RULE,
    &not_a_xep::RULE,
    &not_offered::RULE,
    &not_one_content::RULE,
    &outdated_namespace::RULE,
    &outdated_schema::RULE,
    &placeholder_left::RULE,
    &raw_html::RULE,
    &repeated_example::RULE,
    &repeated_requirement::RULE,
    &revisions_out_of_order::RULE,
    &reworded_boilerplate::RULE,
    &round_trip_fails::RULE,
    &schema_violation::RULE,
    &sealed_example_differs::RULE,
    &sealed_example_does_not_open::RULE,
    &section_out_of_order::RULE,
    &sensitive_outside::RULE,
    &server_processed_inside::RULE,
    &stale_example::RULE,
    &stray_text::RULE,
    &superseding_disagrees::RULE,
    &undeclared_entity::RULE,
    &undefined_footnote::RULE,
    &unencrypted_envelope::RULE,
    &unexpected_affix::RULE,
    &unknown_dependency::RULE,
    &unknown_directive::RULE,
    &unknown_element::RULE,
    &unknown_hash_function::RULE,
    &unknown_header_field::RULE,
    &unknown_namespace::RULE,
    &unknown_status::RULE,
    &unknown_type::RULE,
    &unlisted_dependency::RULE,
    &unmentioned_dependency::RULE,
    &unneeded_allow::RULE,
    &unprotected_content::RULE,
    &unqualified_content::RULE,
    &unqualified_payload::RULE,
    &unreachable_author::RULE,
    &unsupported_markdown::RULE,
    &unused_footnote::RULE,
    &unusual_first_revision::RULE,
    &written_out_legal_notice::RULE,
    &wrong_approver::RULE,
    &wrong_attribute::RULE,
    &wrong_count::RULE,
    &wrong_dialback_key::RULE,
    &wrong_envelope_namespace::RULE,
    &wrong_field_value::RULE,
    &wrong_number::RULE,
    &wrong_range::RULE,
    &wrong_sender::RULE,
    &wrong_signer::RULE,
    &wrong_stanza_type::RULE,
    &wrong_version::RULE,
];

/// The rule of that name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

/// The severity of a finding: what somebody wants for its rule, else that of the rule, as the document's maturity lowers it.
/// `None`: the document is one that nobody works on, and it is not told unless somebody is pedantic.
pub fn severity(finding: &Finding, maturity: Maturity, levels: &Levels) -> Option<Severity> {
    let usual = find(finding.rule).map_or(Severity::Error, |rule| rule.severity);
    let lowered = || maturity.lower(finding.rule, usual).or(levels.is_pedantic().then_some(Severity::Info));
    levels.severity(finding.rule).or_else(lowered)
}

/// Runs every rule that has a check of its own, but those that are off until somebody asks for them only if somebody does.
/// Others run even where they are off, and what they tell is left out at the end: to switch one off changes nothing about
/// what the others say.
pub fn run(context: &Context<'_>, levels: &Levels, sink: &mut Sink) {
    for rule in RULES {
        if let Some(check) = rule.check.filter(|_| rule.is_on_by_default() || levels.is_on(rule.name)) {
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
        assert!(PEDANTIC.iter().chain(&INBOX).all(|name| find(name).is_some()));
        for rule in RULES {
            let documentation = rule.documentation();
            for heading in ["## What it does", "## Why it matters", "## Wrong", "## Right", "## Source"] {
                assert!(documentation.contains(heading), "{}: no `{heading}`", rule.name);
            }
        }
    }
}
