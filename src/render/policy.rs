//! The content security policy of a page: what a browser may load, run and send for it.
//!
//! A page needs the script and the style sheet beside it, pictures beside it or inside it, and nothing else. Style that is written
//! on the page itself (the picture of a series, what an author says of a cell) is allowed by its hash, so that nothing but
//! exactly that applies. The policy stands on the page, since a site is files, which also work without a server.

use crate::xmpp::base64;
use crate::xmpp::hash::Algorithm;
use memchr::memmem;
use std::collections::BTreeSet;

/// What stands in a rendered page where its policy goes. Nothing else on a page can say this, since comments of documents do
/// not get there.
pub(super) const PLACE: &str = "<!--policy-->";

/// The page of these parts, with the policy that fits it in the place for it.
pub(super) fn with_policy(parts: &[&str]) -> String {
    let Some(((before, after), rest)) =
        parts.split_first().and_then(|(first, rest)| Some((first.split_once(PLACE)?, rest)))
    else {
        return parts.concat();
    };
    let mut inline = Inline::default();
    [after].iter().chain(rest).for_each(|part| inline.find(part));
    let policy = inline.policy();
    let length = before.len() + policy.len() + after.len() + rest.iter().map(|part| part.len()).sum::<usize>();
    let mut page = String::with_capacity(length);
    [before, &policy, after].iter().chain(rest).for_each(|part| page.push_str(part));
    page
}

/// The hashes of the style that a page holds itself.
#[derive(Default)]
struct Inline {
    sheets: BTreeSet<String>,
    attributes: BTreeSet<String>,
}

impl Inline {
    /// Finds style sheets and `style` attributes. Quotes and brackets of text are escaped on a page, so these are all there are.
    fn find(&mut self, html: &str) {
        self.sheets.extend(between(html, "<style>", "</style>").map(source));
        self.attributes.extend(between(html, " style=\"", "\"").map(|value| source(&unescaped(value))));
    }

    fn policy(&self) -> String {
        let mut policy = "default-src 'none'; script-src 'self'; style-src 'self'".to_owned();
        self.sheets.iter().for_each(|hash| policy.push_str(&format!(" {hash}")));
        if !self.attributes.is_empty() {
            policy.push_str("; style-src-attr 'unsafe-hashes'");
            self.attributes.iter().for_each(|hash| policy.push_str(&format!(" {hash}")));
        }
        policy.push_str("; img-src 'self' data:; base-uri 'none'; form-action 'none'; object-src 'none'");
        policy
    }
}

/// The texts between two marks.
fn between<'a>(html: &'a str, before: &'a str, after: &'a str) -> impl Iterator<Item = &'a str> {
    memmem::find_iter(html.as_bytes(), before).filter_map(move |at| {
        let rest = html.get(at + before.len()..)?;
        rest.get(..rest.find(after)?)
    })
}

/// A hash as policies write it.
fn source(text: &str) -> String {
    format!("'sha256-{}'", base64::encode(Algorithm::Sha256.digest(text.as_bytes())))
}

/// The value of an attribute that [`super::html::push_escaped`] wrote.
fn unescaped(value: &str) -> String {
    value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING_INLINE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                                  base-uri 'none'; form-action 'none'; object-src 'none'";

    #[test]
    fn a_page_without_style_of_its_own_allows_none() {
        assert_eq!(
            with_policy(&["<a b=\"<!--policy-->\">", "text style=&quot;x&quot;"]),
            format!("<a b=\"{NOTHING_INLINE}\">text style=&quot;x&quot;")
        );
        assert_eq!(with_policy(&["no place", " for it"]), "no place for it");
    }

    #[test]
    fn style_on_the_page_is_allowed_by_its_hash() {
        let page =
            with_policy(&["<!--policy-->", "<style>a{}</style><td style=\"color: red\"><td style=\"color: red\">"]);
        let policy = page.split_once("<style>").map_or("", |(policy, _)| policy);
        // As `printf 'a{}' | openssl dgst -sha256 -binary | base64` says, and the same of `color: red`.
        let (sheet, attribute) =
            ("X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk=", "NerDAUWfwD31YdZHveMrq0GLjsNFMwxLpZl0dPUeCcw=");
        assert!(policy.contains(&format!("style-src 'self' 'sha256-{sheet}';")), "{policy}");
        assert!(policy.contains(&format!("style-src-attr 'unsafe-hashes' 'sha256-{attribute}';")), "{policy}");
        assert_eq!(policy.matches("sha256-").count(), 2, "{policy}");
    }

    #[test]
    fn a_value_is_hashed_as_the_browser_reads_it() {
        assert_eq!(unescaped("&quot;a&quot; &amp;lt; &#39;"), "\"a\" &lt; '");
    }
}
