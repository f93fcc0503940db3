//! The element in which a text travels.

use super::Failure;
use crate::source::{MappedText, Span};
use crate::xml::{Element, Name};

/// Where in a stanza the Base64 stands: in an element, or in a child of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carrier {
    name: Name,
    payload: Option<String>,
}

impl Carrier {
    /// The element `name`; `payload` is the name of its child that holds the text, in the same namespace, or empty where the
    /// element itself does.
    pub fn new(name: Name, payload: &str) -> Carrier {
        Carrier { name, payload: Some(payload.to_owned()).filter(|payload| !payload.is_empty()) }
    }

    /// The name of the element.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The element around `text`, made for `span`.
    pub fn wrap(&self, text: &str, span: Span) -> Element {
        let element = Element::new(self.name.clone(), span);
        match &self.payload {
            Some(payload) => {
                let name = Name::new(self.name.namespace.clone(), payload.clone());
                element.with_child(Element::new(name, span).with_text(text))
            }
            None => element.with_text(text),
        }
    }

    /// The text in `element`.
    pub fn unwrap(&self, element: &Element) -> Result<MappedText, Failure> {
        let holder = self.holder(element)?;
        if let Some(child) = holder.elements().next() {
            let message = format!("`<{}/>` stands where only Base64 is expected", child.written_name());
            return Err(Failure::wrong_carrier(message, child.name_span));
        }
        let text = holder.text();
        match text.as_str().trim().is_empty() {
            true => Err(Failure::wrong_carrier(format!("`<{}/>` is empty", holder.written_name()), holder.span)),
            false => Ok(text),
        }
    }

    fn holder<'a>(&self, element: &'a Element) -> Result<&'a Element, Failure> {
        if element.name != self.name {
            let message = format!("this is `{}`, not the carrier `{}`", element.name, self.name);
            return Err(Failure::wrong_carrier(message, element.name_span));
        }
        let Some(payload) = &self.payload else { return Ok(element) };
        let mut holders = element.elements().filter(|child| child.name.is(&self.name.namespace, payload));
        match (holders.next(), holders.next()) {
            (Some(holder), None) => Ok(holder),
            (None, _) => {
                let message = format!("`<{}/>` has no `<{payload}/>`", element.written_name());
                Err(Failure::wrong_carrier(message, element.start_tag))
            }
            (_, Some(second)) => {
                let message = format!("`<{}/>` has a second `<{payload}/>`", element.written_name());
                Err(Failure::wrong_carrier(message, second.name_span))
            }
        }
    }
}
