//! # missing-stylesheet
//!
//! The line that names the stylesheet is not there, or names another one.
//!
//! ## What it does
//!
//! Looks for `<?xml-stylesheet type='text/xsl' href='xep.xsl'?>` before the root of XEP-XML, in either kind of quotes. A
//! Markdown draft needs none: the line is written when it is converted.
//!
//! ## Why it matters
//!
//! Without it a browser shows the file as bare XML, and the editors' check refuses the document.
//!
//! ## Wrong
//!
//! ```document
//! <?xml version='1.0' encoding='UTF-8'?>
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><p>Nothing is shown.</p></section1>
//! </xep>
//! ```
//!
//! ```document
//! <?xml version='1.0' encoding='UTF-8'?>
//! <?xml-stylesheet type='text/xsl' href='../jep.xsl'?>
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><p>Nothing is shown.</p></section1>
//! </xep>
//! ```
//!
//! ## Right
//!
//! ```document
//! <?xml version='1.0' encoding='UTF-8'?>
//! <?xml-stylesheet type='text/xsl' href='xep.xsl'?>
//! <xep>
//!   <header><title>A Case</title></header>
//!   <section1 topic='Case'><p>Nothing is shown.</p></section1>
//! </xep>
//! ```
//!
//! ## Source
//!
//! - Criteria of the XEP Editors: <https://github.com/xsf/xeps/issues/1223>
//! - The instruction: <https://www.w3.org/TR/xml-stylesheet/>

use super::{Context, Rule};
use crate::document::Stylesheet;
use crate::finding::{Edit, Finding, Fix, Severity, Sink};
use crate::read::xep_xml::directives::pseudo_attributes;
use crate::source::{MappedText, Span};

/// The rule.
pub static RULE: Rule = Rule {
    name: "missing-stylesheet",
    severity: Severity::Warning,
    source: include_str!("missing_stylesheet.rs"),
    check: Some(check),
};

/// The line as the editors want it.
const LINE: &str = "<?xml-stylesheet type='text/xsl' href='xep.xsl'?>";

/// What it says. Source: the criteria of the XEP Editors.
const SAID: [(&str, &str); 2] = [("type", "text/xsl"), ("href", "xep.xsl")];

fn check(context: &Context<'_>, sink: &mut Sink) {
    sink.extend(match &context.document.header.stylesheet {
        Stylesheet::Unsaid => None,
        Stylesheet::Missing(root) => Some(missing(*root)),
        Stylesheet::Named { text, span } => other(text, *span),
    });
}

fn missing(root: Span) -> Finding {
    let edit = Edit { span: root.at_start(), text: format!("{LINE}\n") };
    let fix = Fix { safe: true, message: "add the line".into(), edits: vec![edit] };
    let finding = Finding::new(RULE.name, root, "no line before `<xep>` names the stylesheet");
    finding.help(format!("write `{LINE}` above it")).fix(fix)
}

/// The finding at the first part of the line that is not as it should be.
fn other(text: &MappedText, span: Span) -> Option<Finding> {
    let pairs = pseudo_attributes(text);
    SAID.iter().find_map(|(name, value)| {
        let said = pairs.iter().find(|(own, ..)| own == name);
        let message = match said {
            Some((_, said, _)) if said.as_str() == *value => return None,
            Some((_, said, _)) => format!("`{name}` of the stylesheet is `{said}`, not `{value}`"),
            None => format!("the line for the stylesheet lacks its `{name}`"),
        };
        let place = said.and_then(|(_, said, _)| said.whole()).unwrap_or(span);
        Some(Finding::new(RULE.name, place, message).help(format!("write `{LINE}`")))
    })
}
