//! The page that says what the rules mean.

use super::html::{push_attribute, push_escaped};
use super::page::{RenderError, Templates};
use crate::rule::{RULES, Rule};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};
use serde::Serialize;
use tera::Value;

/// What stands around the rules.
#[derive(Clone, Copy, Debug)]
pub struct RulesPage<'a> {
    /// The link to the folder of the shared files.
    pub assets: &'a str,
    /// The version of the program.
    pub generator: &'a str,
}

#[derive(Serialize)]
struct View<'a> {
    assets: &'a str,
    generator: &'a str,
    rules: Value,
}

/// The page with the documentation of all rules, each at its name.
///
/// # Errors
/// When the template does not fit; the embedded one does.
pub fn rules_page(around: RulesPage<'_>) -> Result<String, RenderError> {
    let mut html = String::new();
    RULES.iter().for_each(|rule| write(rule, &mut html));
    let view = View { assets: around.assets, generator: around.generator, rules: Value::safe_string(&html) };
    Templates::embedded().render("rules.html", &view)
}

fn write(rule: &Rule, out: &mut String) {
    out.push_str("\n<section");
    push_attribute(out, "id", rule.name);
    out.push('>');
    let documentation = rule.documentation();
    for event in Parser::new(&documentation) {
        push(&event, out);
    }
    out.push_str(&format!("\n<p class=\"where\">Severity: {}</p>\n</section>", rule.severity.name()));
}

/// The Markdown that documentation of rules is written in: headings, paragraphs, lists, code and links.
fn push(event: &Event<'_>, out: &mut String) {
    match event {
        Event::Start(tag) => start(tag, out),
        Event::End(tag) => end(*tag, out),
        Event::Text(text) => push_escaped(out, text),
        Event::Code(code) => {
            out.push_str("<code>");
            push_escaped(out, code);
            out.push_str("</code>");
        }
        Event::SoftBreak | Event::HardBreak => out.push('\n'),
        _ => {}
    }
}

/// A rule is a section of the page: its name is a heading of the second level, its parts are of the third.
fn heading(level: HeadingLevel) -> usize {
    (level as usize + 1).min(6)
}

fn start(tag: &Tag<'_>, out: &mut String) {
    match tag {
        Tag::Paragraph => out.push_str("\n<p>"),
        Tag::Heading { level, .. } => out.push_str(&format!("\n<h{}>", heading(*level))),
        Tag::List(_) => out.push_str("\n<ul>"),
        Tag::Item => out.push_str("\n<li>"),
        Tag::Emphasis => out.push_str("<em>"),
        Tag::Strong => out.push_str("<strong>"),
        Tag::CodeBlock(kind) => {
            let is_xml = matches!(kind, CodeBlockKind::Fenced(language) if language.starts_with("xml"));
            out.push_str(if is_xml {
                "\n<pre tabindex=\"0\" class=\"xml\"><code>"
            } else {
                "\n<pre tabindex=\"0\"><code>"
            });
        }
        Tag::Link { dest_url, .. } => {
            out.push_str("<a");
            push_attribute(out, "href", dest_url);
            out.push('>');
        }
        _ => {}
    }
}

fn end(tag: TagEnd, out: &mut String) {
    match tag {
        TagEnd::Paragraph => out.push_str("</p>"),
        TagEnd::Heading(level) => out.push_str(&format!("</h{}>", heading(level))),
        TagEnd::List(_) => out.push_str("\n</ul>"),
        TagEnd::Item => out.push_str("</li>"),
        TagEnd::Emphasis => out.push_str("</em>"),
        TagEnd::Strong => out.push_str("</strong>"),
        TagEnd::CodeBlock => out.push_str("</code></pre>"),
        TagEnd::Link => out.push_str("</a>"),
        _ => {}
    }
}
