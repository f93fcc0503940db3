//! What a site publishes as the XEP-XML of a document: the author's text, as long as a browser that opens it cannot be made to
//! run or load anything by it.
//!
//! XEP-XML has no namespace. What a browser would run or apply is in those of XHTML and SVG, or comes by an instruction for a
//! style sheet. So a text is published as it is if it has a plain prologue, no other style sheet than `xep.xsl` beside it, and
//! declares no namespace; any other one is written again from the document, without all that.

use super::{Writer, write_with};
use crate::document::Document;
use std::borrow::Cow;

/// The text to publish: the given XEP-XML of a document, or the document written again.
pub fn published<'a>(text: Cow<'a, str>, document: &Document) -> Cow<'a, str> {
    if is_inert(&text) {
        return text;
    }
    let own = document.entities.iter().map(|entity| entity.name.clone()).collect();
    Cow::Owned(write_with(Writer { inert: true, own, ..Writer::default() }, document))
}

/// Whether a browser finds nothing in XEP-XML that it would run or load. Says no where it is in doubt.
pub fn is_inert(text: &str) -> bool {
    let mut rest = Scanner(text.strip_prefix('\u{feff}').unwrap_or(text));
    rest.prologue().is_some() && rest.body().is_some()
}

/// The part of a text that was not looked at yet. What is not plain gives nothing.
struct Scanner<'a>(&'a str);

impl<'a> Scanner<'a> {
    /// The text up to a mark, which is passed over.
    fn until(&mut self, mark: &str) -> Option<&'a str> {
        let (before, after) = self.0.split_once(mark)?;
        self.0 = after;
        Some(before)
    }

    fn skip(&mut self, mark: &str) -> bool {
        self.0 = self.0.trim_start();
        let rest = self.0.strip_prefix(mark);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    /// What stands before the root.
    fn prologue(&mut self) -> Option<()> {
        loop {
            if self.skip("<!--") {
                self.until("-->")?;
            } else if self.skip("<?") {
                is_plain_instruction(self.until("?>")?).then_some(())?;
            } else if self.skip("<!DOCTYPE") {
                self.doctype()?;
            } else {
                return self.0.starts_with("<xep").then_some(());
            }
        }
    }

    fn doctype(&mut self) -> Option<()> {
        let mut head = self.0.splitn(2, ['[', '>']);
        let external = head.next()?;
        let plain = external.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" \t\r\n'\".-_/:".contains(&byte));
        let opened = self.0.get(external.len()..)?.starts_with('[');
        self.0 = head.next().filter(|_| plain)?;
        if opened { self.declarations() } else { Some(()) }
    }

    /// The declarations in a document type: comments, entities and references to parameter entities.
    fn declarations(&mut self) -> Option<()> {
        loop {
            if self.skip("]") {
                return self.skip(">").then_some(());
            } else if self.skip("<!--") {
                self.until("-->")?;
            } else if self.skip("%") {
                self.until(";")?;
            } else if self.skip("<!ENTITY") {
                self.entity()?;
            } else {
                return None;
            }
        }
    }

    /// The rest of the declaration of an entity.
    fn entity(&mut self) -> Option<()> {
        loop {
            let at = self.0.find(['\'', '"', '>', '<'])?;
            let quote = self.0.get(at..at + 1)?;
            self.0 = self.0.get(at + 1..)?;
            match quote {
                ">" => return Some(()),
                "<" => return None,
                quote => is_plain_value(self.until(quote)?).then_some(())?,
            }
        }
    }

    /// Tags and text, up to the end.
    fn body(&mut self) -> Option<()> {
        while let Some(at) = self.0.find('<') {
            self.0 = self.0.get(at..)?;
            let passed = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
            match passed.iter().find(|(open, _)| self.0.starts_with(open)) {
                Some((open, close)) => {
                    self.skip(open);
                    // What is never closed is an error, where a browser stops.
                    self.0 = self.0.split_once(close).map_or("", |(_, after)| after);
                }
                None => self.tag()?,
            }
        }
        Some(())
    }

    /// A tag. Its end is the first `>` outside quotes.
    fn tag(&mut self) -> Option<()> {
        let mut quote = None;
        let end = self.0.char_indices().find(|(_, one)| match (quote, *one) {
            (None, '>') => true,
            (None, '\'' | '"') => {
                quote = Some(*one);
                false
            }
            (Some(open), one) => {
                quote = quote.filter(|_| open != one);
                false
            }
            _ => false,
        });
        let (tag, rest) = self.0.split_at(end.map_or(self.0.len(), |(at, _)| at));
        self.0 = rest;
        (!tag.contains("xmlns")).then_some(())
    }
}

/// Whether an instruction before the root neither names a foreign style sheet nor an encoding in which the text is another one.
fn is_plain_instruction(instruction: &str) -> bool {
    let value = |name: &str| {
        let after = instruction.split_once(&format!("{name}="))?.1;
        let quote = after.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
        after.get(1..)?.split(quote).next()
    };
    match instruction.split_whitespace().next() {
        Some("xml-stylesheet") => instruction.matches("href").count() == 1 && value("href") == Some("xep.xsl"),
        Some("xml") => {
            !instruction.contains("encoding")
                || value("encoding").is_some_and(|encoding| encoding.eq_ignore_ascii_case("utf-8"))
        }
        _ => true,
    }
}

/// Whether the value of an entity declares no namespace, also where it hides that in references or in other declarations.
fn is_plain_value(value: &str) -> bool {
    !["xmlns", "&#", "<!", "<?", "%"].iter().any(|mark| value.contains(mark)) || is_character(value)
}

/// Whether a value is a single character in numbers, as in `<!ENTITY nbsp "&#160;">`.
fn is_character(value: &str) -> bool {
    let digits = value.strip_prefix("&#").and_then(|rest| rest.strip_suffix(';'));
    digits
        .is_some_and(|digits| digits.len() <= 8 && digits.bytes().all(|byte| byte == b'x' || byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_prologue(more: &str, body: &str) -> String {
        format!("<?xml version='1.0' encoding='UTF-8'?>\n{more}<xep><p>{body}</p></xep>")
    }

    #[test]
    fn what_xeps_hold_is_inert() {
        for (prologue, body) in [
            ("", "a"),
            ("<?xml-stylesheet type='text/xsl' href='xep.xsl'?>", "<?allow rule='x'?>"),
            (
                "<!-- xmlns --><!DOCTYPE xep SYSTEM 'xep.dtd'>",
                "<tt>xmlns</tt> <![CDATA[<a xmlns='b'>]]> <!-- <a xmlns='b'> -->",
            ),
            ("<!DOCTYPE xep SYSTEM 'xep.dtd' [\n<!ENTITY % ents SYSTEM 'xep.ent'>\n%ents;\n<!-- a -->]>", "&xep0030;"),
            ("<!DOCTYPE xep SYSTEM 'xep.dtd' [<!ENTITY a \"<tt>'b'</tt>\"> <!ENTITY nbsp '&#xA0;'>]>", "&a;<p a='>'/>"),
        ] {
            assert!(is_inert(&with_prologue(prologue, body)), "{prologue} {body}");
        }
    }

    #[test]
    fn what_a_browser_would_run_or_load_is_not() {
        for (prologue, body) in [
            ("<?xml-stylesheet href='https://example.org/x.xsl'?>", ""),
            ("<?xml-stylesheet type='text/css' href='data:text/css,a'?>", ""),
            ("<?xml-stylesheet href='//example.org/x' title=\" href='xep.xsl'\"?>", ""),
            ("<?xml-stylesheet href='xep.xsl'?><?xml-stylesheet href='x.xsl'?>", ""),
            ("", "<script xmlns='http://www.w3.org/1999/xhtml'/>"),
            ("", "<p a='>' xmlns:h='http://www.w3.org/1999/xhtml'/>"),
            ("", "<![CDATA[]]><script xmlns='x'/>"),
            ("", "<!-- --><script\nxmlns='x'/>"),
            ("<!DOCTYPE xep [<!ATTLIST p xmlns CDATA 'http://www.w3.org/1999/xhtml'>]>", ""),
            ("<!DOCTYPE xep [<!ENTITY a \"<p xmlns='x'/>\">]>", "&a;"),
            ("<!DOCTYPE xep [<!ENTITY a \"<p &#120;mlns='x'/>\">]>", "&a;"),
            ("<!DOCTYPE xep [<!ENTITY % a \"<!ENTITY b '<p &#38;#120;mlns=1/>'>\"> %a;]>", "&b;"),
            ("<!DOCTYPE xep [<!ENTITY a '<!--'>]>", "<p xmlns='x'/>"),
            ("<!DOCTYPE xep [<!ENTITY a ']>'><!ATTLIST p xmlns CDATA 'x'>]>", ""),
            ("<!DOCTYPE xep [<!NOTATION a SYSTEM 'b'>]>", ""),
        ] {
            assert!(!is_inert(&with_prologue(prologue, body)), "{prologue} {body}");
        }
        assert!(!is_inert("<?xml version='1.0' encoding='ISO-2022-JP'?><xep/>"));
        assert!(!is_inert("<html xmlns='http://www.w3.org/1999/xhtml'/>"));
        assert!(!is_inert(""));
    }
}
