//! # broken-fence
//!
//! A line looks like the fence of a code block and is none, or a fence is never closed.
//!
//! ## What it does
//!
//! Finds lines that begin like a fence of backticks and hold further backticks in their attributes, which CommonMark does not allow.
//! Finds fences that no line closes.
//!
//! ## Why it matters
//!
//! Markdown does not complain. It takes the broken line for running text, and everything up to the next fence with it. An example
//! that was meant to be checked is then no example at all.
//!
//! ## Wrong
//!
//! ````markdown
//! # Case
//!
//! ```{.xml .example caption="A message without `to`"}
//! <message><body>Good morrow.</body></message>
//! ```
//! ````
//!
//! ## Right
//!
//! ````markdown
//! # Case
//!
//! ~~~{.xml .example caption="A message without `to`"}
//! <message><body>Good morrow.</body></message>
//! ~~~
//! ````
//!
//! ## Source
//!
//! - CommonMark, Fenced code blocks: <https://spec.commonmark.org/0.31.2/#fenced-code-blocks>

use super::Rule;
use crate::finding::Severity;

/// The rule. The Markdown reader speaks for it.
pub static RULE: Rule =
    Rule { name: "broken-fence", severity: Severity::Error, source: include_str!("broken_fence.rs"), check: None };
