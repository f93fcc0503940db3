//! # raw-html
//!
//! A Markdown draft holds HTML.
//!
//! ## What it does
//!
//! Finds tags outside of code. Comments are no finding.
//!
//! ## Why it matters
//!
//! A XEP is not only read in browsers: it is also XEP-XML, which has other elements. Most tags in a XEP's text are names of XML elements
//! that lack their backticks and would vanish from the page.
//!
//! ## Wrong
//!
//! ````markdown
//! # Case
//!
//! A message holds a <body> and a <thread/>.
//! ````
//!
//! ## Right
//!
//! ````markdown
//! # Case
//!
//! A message holds a `<body>` and a `<thread/>`.
//! ````
//!
//! ## Source
//!
//! - CommonMark, Raw HTML: <https://spec.commonmark.org/0.31.2/#raw-html>
//! - XEP-0143, File Contents: <https://xmpp.org/extensions/xep-0143.html#format-contents>

use super::Rule;
use crate::finding::Severity;

/// The rule. The Markdown reader speaks for it.
pub static RULE: Rule =
    Rule { name: "raw-html", severity: Severity::Error, source: include_str!("raw_html.rs"), check: None };
