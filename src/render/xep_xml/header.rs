//! The header, in the order of the DTD.

use super::Writer;
use super::blocks::Place;
use super::escape;
use crate::document::{Author, Field, Header, Inline, Legal, Revision};

/// The parts of a legal notice.
const LEGAL: &[&str] = &["copyright", "permissions", "warranty", "liability", "conformance"];

impl Writer {
    pub(super) fn header(&mut self, header: &Header) {
        self.line("<header>");
        self.inside(|writer| writer.fields(header));
        self.line("</header>");
    }

    fn fields(&mut self, header: &Header) {
        self.field("title", &header.title);
        self.field("abstract", &header.abstract_);
        self.legal(&header.legal);
        self.field("number", &header.number);
        self.field("status", &header.status);
        self.each("lastcall", &header.last_calls);
        self.flag("interim", header.interim);
        self.field("type", &header.type_);
        self.field("sig", &header.sig);
        self.each("approver", &header.approvers);
        self.field_list("dependencies", "spec", &header.dependencies);
        self.field_list("supersedes", "spec", &header.supersedes);
        self.field_list("supersededby", "spec", &header.superseded_by);
        self.field("shortname", &header.shortname);
        if let Some(tags) = &header.tags {
            self.field_list("tags", "tag", tags);
        }
        for (namespace, url) in &header.schema_locations {
            self.schema_location(namespace.as_ref(), url);
        }
        self.flag("registry", header.registry);
        self.optional("discuss", header.discuss.as_ref());
        self.optional("expires", header.expires.as_ref());
        header.authors.iter().for_each(|author| self.author(author));
        header.revisions.iter().for_each(|revision| self.revision(revision));
        self.optional("councilnote", header.council_note.as_ref());
    }

    fn field(&mut self, name: &str, value: &Field) {
        self.line(&format!("<{name}>{}</{name}>", escape::text(value.as_str())));
    }

    fn optional(&mut self, name: &str, value: Option<&Field>) {
        if let Some(value) = value {
            self.field(name, value);
        }
    }

    fn each(&mut self, name: &str, values: &[Field]) {
        values.iter().for_each(|value| self.field(name, value));
    }

    fn flag(&mut self, name: &str, set: bool) {
        if set {
            self.line(&format!("<{name}/>"));
        }
    }

    fn field_list(&mut self, name: &str, item: &str, values: &[Field]) {
        if values.is_empty() {
            return self.line(&format!("<{name}/>"));
        }
        self.line(&format!("<{name}>"));
        self.inside(|writer| writer.each(item, values));
        self.line(&format!("</{name}>"));
    }

    fn schema_location(&mut self, namespace: Option<&Field>, url: &Field) {
        self.line("<schemaloc>");
        self.inside(|writer| {
            writer.optional("ns", namespace);
            writer.field("url", url);
        });
        self.line("</schemaloc>");
    }

    fn legal(&mut self, legal: &Legal) {
        match legal {
            Legal::Missing => {}
            Legal::Reference { entity, .. } => self.line(&format!("&{entity};")),
            Legal::Parts(parts) => {
                self.line("<legal>");
                self.inside(|writer| LEGAL.iter().for_each(|name| writer.legal_part(name, parts)));
                self.line("</legal>");
            }
        }
    }

    fn legal_part(&mut self, name: &str, parts: &[(String, Vec<Inline>)]) {
        self.new_line();
        self.push(&format!("<{name}>"));
        for (_, text) in parts.iter().filter(|(part, _)| part == name) {
            self.inlines(text, name);
        }
        self.push(&format!("</{name}>\n"));
    }

    fn author(&mut self, author: &Author) {
        if let Some(entity) = &author.entity {
            return self.line(&format!("&{entity};"));
        }
        self.line("<author>");
        self.inside(|writer| {
            writer.field("firstname", &author.first_name);
            writer.field("surname", &author.surname);
            writer.flag("authornote", author.note);
            writer.optional("org", author.org.as_ref());
            writer.optional("email", author.email.as_ref());
            writer.optional("jid", author.jid.as_ref());
            writer.optional("uri", author.uri.as_ref());
        });
        self.line("</author>");
    }

    fn revision(&mut self, revision: &Revision) {
        self.line("<revision>");
        self.inside(|writer| {
            writer.field("version", &revision.version);
            writer.field("date", &revision.date);
            writer.field("initials", &revision.initials);
            writer.new_line();
            writer.push("<remark>");
            writer.children(&revision.remark, Place::Remark);
            writer.push("</remark>\n");
        });
        self.line("</revision>");
    }
}
