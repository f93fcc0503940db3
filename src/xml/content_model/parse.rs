//! A DTD as text, read.

use super::{AttributeType, BTreeMap, BTreeSet, Content, ContentModel, Default, ElementType, Particle, Term};

/// How deep groups may stand in groups; an element with deeper ones is allowed everything.
const MAX_DEPTH: usize = 32;

pub(super) fn parse(dtd: &str) -> ContentModel {
    let mut reader = Reader { rest: dtd, contents: BTreeMap::new(), attributes: BTreeMap::new() };
    while reader.declaration().is_some() {}
    let Reader { contents, mut attributes, .. } = reader;
    let element = |(name, content)| {
        let own = attributes.remove(&name).unwrap_or_default();
        (name, ElementType::new(content, own))
    };
    ContentModel { elements: contents.into_iter().map(element).collect() }
}

struct Reader<'a> {
    rest: &'a str,
    contents: BTreeMap<String, Content>,
    attributes: BTreeMap<String, Vec<AttributeType>>,
}

impl<'a> Reader<'a> {
    /// Reads up to the end of the next declaration; `None` at the end of the text.
    fn declaration(&mut self) -> Option<()> {
        let start = self.rest.find('<')?;
        self.rest = self.rest.get(start..)?;
        if self.eat("<!--") {
            return self.behind("-->");
        }
        if self.eat("<?") {
            return self.behind("?>");
        }
        if self.eat("<![") {
            return self.behind("]]>");
        }
        if self.eat("<!ELEMENT") {
            self.element();
        } else if self.eat("<!ATTLIST") {
            self.attributes();
        } else {
            self.rest = self.rest.get(1..)?;
        }
        self.end()
    }

    fn behind(&mut self, mark: &str) -> Option<()> {
        let at = self.rest.find(mark)?;
        self.rest = self.rest.get(at + mark.len()..)?;
        Some(())
    }

    /// Goes behind the `>` that ends a declaration; one between quotes does not.
    fn end(&mut self) -> Option<()> {
        loop {
            let at = self.rest.find(['>', '"', '\''])?;
            let mark = self.rest.get(at..at + 1)?;
            self.rest = self.rest.get(at + 1..)?;
            if mark == ">" {
                return Some(());
            }
            self.behind(mark)?;
        }
    }

    /// Of two declarations of a name the first one counts.
    fn element(&mut self) -> Option<()> {
        let name = self.name()?;
        let content = self.content().unwrap_or(Content::Any);
        self.contents.entry(name).or_insert(content);
        Some(())
    }

    fn content(&mut self) -> Option<Content> {
        self.space();
        if self.eat("EMPTY") {
            return Some(Content::Empty);
        }
        if self.eat("ANY") {
            return Some(Content::Any);
        }
        let before = self.rest;
        if self.eat("(") {
            self.space();
            if self.eat("#PCDATA") {
                return self.mixed();
            }
        }
        self.rest = before;
        Some(Content::Elements(self.particle(0)?))
    }

    fn mixed(&mut self) -> Option<Content> {
        let mut names = BTreeSet::new();
        loop {
            self.space();
            if self.eat(")") {
                return Some(Content::Mixed(names));
            }
            if !self.eat("|") {
                return None;
            }
            names.insert(self.name()?);
        }
    }

    fn particle(&mut self, depth: usize) -> Option<Particle> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.space();
        let term = if self.eat("(") { self.group(depth)? } else { Term::Name(self.name()?) };
        let (optional, repeated) = if self.eat("*") {
            (true, true)
        } else if self.eat("?") {
            (true, false)
        } else {
            (false, self.eat("+"))
        };
        Some(flat(Particle { term, optional, repeated }))
    }

    fn group(&mut self, depth: usize) -> Option<Term> {
        let mut all = vec![self.particle(depth + 1)?];
        let mut is_choice = false;
        loop {
            self.space();
            if self.eat(")") {
                return Some(if is_choice { Term::Choice(all) } else { Term::Sequence(all) });
            }
            if self.eat("|") {
                is_choice = true;
            } else if !self.eat(",") {
                return None;
            }
            all.push(self.particle(depth + 1)?);
        }
    }

    fn attributes(&mut self) -> Option<()> {
        let element = self.name()?;
        loop {
            self.space();
            if self.rest.starts_with('>') {
                return Some(());
            }
            let attribute = self.attribute()?;
            let all = self.attributes.entry(element.clone()).or_default();
            if !all.iter().any(|other| other.name == attribute.name) {
                all.push(attribute);
            }
        }
    }

    fn attribute(&mut self) -> Option<AttributeType> {
        let name = self.name()?;
        self.space();
        if !self.rest.starts_with('(') {
            self.name()?;
            self.space();
        }
        let values = if self.eat("(") { self.values()? } else { Vec::new() };
        Some(AttributeType { name, values, default: self.default()? })
    }

    fn values(&mut self) -> Option<Vec<String>> {
        let mut values = vec![self.name()?];
        loop {
            self.space();
            if self.eat(")") {
                return Some(values);
            }
            if !self.eat("|") {
                return None;
            }
            values.push(self.name()?);
        }
    }

    fn default(&mut self) -> Option<Default> {
        self.space();
        if self.eat("#REQUIRED") {
            return Some(Default::Required);
        }
        if self.eat("#IMPLIED") {
            return Some(Default::Implied);
        }
        let is_fixed = self.eat("#FIXED");
        self.space();
        let value = self.quoted()?;
        Some(if is_fixed { Default::Fixed(value) } else { Default::Value(value) })
    }

    fn quoted(&mut self) -> Option<String> {
        let quote = self.rest.get(..1).filter(|mark| matches!(*mark, "'" | "\""))?;
        let (value, rest) = self.rest.get(1..)?.split_once(quote)?;
        self.rest = rest;
        Some(value.to_owned())
    }

    fn name(&mut self) -> Option<String> {
        self.space();
        let is_end = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':' | '.' | '-'));
        let end = self.rest.find(is_end).unwrap_or(self.rest.len());
        let (name, rest): (&'a str, &'a str) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!name.is_empty()).then(|| name.to_owned())
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn eat(&mut self, mark: &str) -> bool {
        match self.rest.strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}

/// A group of one is what it holds: `(tr)*` is `tr*`.
pub(super) fn flat(particle: Particle) -> Particle {
    match particle.term {
        Term::Sequence(mut all) | Term::Choice(mut all) if all.len() == 1 => match all.pop() {
            Some(only) => Particle {
                optional: only.optional || particle.optional,
                repeated: only.repeated || particle.repeated,
                term: only.term,
            },
            None => Particle { term: Term::Sequence(all), ..particle },
        },
        term => Particle { term, ..particle },
    }
}
