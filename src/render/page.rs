//! The page of one XEP.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::Serialize;
use tera::{Context, Tera, Value};

use super::body::Body;
use super::html::{fragment, link_target, push_attribute, push_escaped};
use super::input::PageInput;
use super::listing::FindingView;
use super::policy;
use super::status::{lifecycle, notice};
use crate::document::number::{self, Numbers};
use crate::document::walk::collapsed;
use crate::document::{Author, Document, Field, Header, Inline, Legal};
use crate::finding::Severity;
use crate::series::{DocumentFacts, Relation, SeriesPlace};

/// Why no page could be made: a template does not fit. The embedded ones do.
#[derive(Debug)]
pub struct RenderError(tera::Error);

impl fmt::Display for RenderError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a template cannot be rendered: {}", self.0)
    }
}

impl std::error::Error for RenderError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// The templates that pages are made with.
#[derive(Debug)]
pub struct Templates(Tera);

/// What a template gets for the body, which takes its place afterwards: a body is large, and a template engine copies what it
/// is given. Nothing else on a page can say this, since comments of documents do not get there.
const BODY: &str = "<!--body-->";

/// Names and texts of the embedded templates.
const EMBEDDED: [(&str, &str); 8] = [
    ("frame.html", include_str!("../../templates/frame.html")),
    ("page.html", include_str!("../../templates/page.html")),
    ("appendices.html", include_str!("../../templates/appendices.html")),
    ("index.html", include_str!("../../templates/index.html")),
    ("graph.html", include_str!("../../templates/graph.html")),
    ("report.html", include_str!("../../templates/report.html")),
    ("vectors.html", include_str!("../../templates/vectors.html")),
    ("rules.html", include_str!("../../templates/rules.html")),
];

impl Templates {
    /// The templates of this program.
    pub fn embedded() -> &'static Templates {
        static TEMPLATES: LazyLock<Templates> =
            LazyLock::new(|| Templates::with(&[]).expect("the embedded templates are tested"));
        &TEMPLATES
    }

    /// The templates of this program, some of them replaced: name and text.
    pub fn with(replaced: &[(&str, &str)]) -> Result<Templates, RenderError> {
        let mut tera = Tera::new();
        let mut all: BTreeMap<&str, &str> = EMBEDDED.into();
        all.extend(replaced.iter().copied());
        tera.add_raw_templates(all).map_err(RenderError)?;
        Ok(Templates(tera))
    }

    /// Renders one template into a page, with its content security policy.
    pub(super) fn render<T: Serialize>(&self, name: &str, view: &T) -> Result<String, RenderError> {
        Ok(policy::with_policy(&[&self.without_policy(name, view)?]))
    }

    fn without_policy<T: Serialize>(&self, name: &str, view: &T) -> Result<String, RenderError> {
        let mut context = Context::from_serialize(view).map_err(RenderError)?;
        context.insert("policy", &Value::safe_string(policy::PLACE));
        self.0.render(name, &context).map_err(RenderError)
    }

    /// The page of a document.
    pub fn page(&self, input: &PageInput<'_>) -> Result<String, RenderError> {
        let (view, body) = PageView::new(input);
        let frame = self.without_policy("page.html", &view)?;
        Ok(match frame.split_once(BODY) {
            Some((before, after)) => policy::with_policy(&[before, &body, after]),
            None => policy::with_policy(&[&frame]),
        })
    }
}

/// The page of a document, made with the embedded templates.
pub fn page(input: &PageInput<'_>) -> Result<String, RenderError> {
    Templates::embedded().page(input)
}

/// A page as its templates see it.
#[derive(Serialize)]
struct PageView {
    assets: String,
    home: String,
    generator: String,
    series: String,
    heading: String,
    title: String,
    number: String,
    abstract_: String,
    status: String,
    type_: String,
    version: String,
    date: String,
    first_date: String,
    url: Option<String>,
    notice: &'static str,
    notice_class: &'static str,
    interim: bool,
    steps: Vec<StepView>,
    council_note: Option<String>,
    expires: Option<String>,
    last_calls: Vec<String>,
    sig: String,
    approvers: Vec<String>,
    dependencies: Vec<SpecificationView>,
    supersedes: Vec<SpecificationView>,
    superseded_by: Vec<SpecificationView>,
    shortname: String,
    tags: Vec<String>,
    schemas: Vec<SchemaView>,
    registry: bool,
    venue: Option<String>,
    authors: Vec<AuthorView>,
    legal: Vec<LegalView>,
    legal_reference: bool,
    toc: Value,
    body: Value,
    notes: Vec<NoteView>,
    revisions: Vec<RevisionView>,
    bibtex: String,
    summary: Summary,
    report: Option<String>,
    findings: Vec<FindingView>,
    links: Vec<LinkView>,
    referrers: Vec<ReferrerGroup>,
    referrer_count: usize,
    in_series: bool,
    place: String,
}

#[derive(Serialize)]
struct StepView {
    status: &'static str,
    state: &'static str,
}

#[derive(Serialize)]
struct SpecificationView {
    name: String,
    url: Option<String>,
}

#[derive(Serialize)]
struct SchemaView {
    namespace: Option<String>,
    url: String,
    link: Option<String>,
}

#[derive(Serialize)]
struct AuthorView {
    name: String,
    note: bool,
    org: Option<String>,
    email: Option<String>,
    jid: Option<String>,
    uri: Option<String>,
    uri_link: Option<String>,
}

#[derive(Serialize)]
struct LegalView {
    title: String,
    text: Value,
}

#[derive(Serialize)]
struct NoteView {
    number: usize,
    text: Value,
}

#[derive(Serialize)]
struct RevisionView {
    id: String,
    version: String,
    date: String,
    initials: String,
    remark: Value,
}

#[derive(Serialize)]
struct LinkView {
    title: String,
    href: String,
}

/// The documents of the series that are related to this one in the same way.
#[derive(Serialize)]
struct ReferrerGroup {
    title: &'static str,
    documents: Vec<ReferrerView>,
}

#[derive(Serialize)]
struct ReferrerView {
    id: String,
    title: String,
    status: String,
    href: String,
}

/// What this build did with the document, in numbers.
#[derive(Default, Serialize)]
struct Summary {
    checked: usize,
    encrypted: usize,
    encoded: usize,
    failed: usize,
    errors: usize,
    warnings: usize,
}

impl Summary {
    fn of(input: &PageInput<'_>) -> Summary {
        let trips = || input.facts.values().flat_map(|facts| &facts.round_trips);
        let count = |severity| input.findings.iter().filter(|finding| finding.severity == severity).count();
        Summary {
            checked: input.facts.values().filter(|facts| !facts.checks.is_empty()).count(),
            encrypted: trips().filter(|trip| trip.ok && trip.encrypted).count(),
            encoded: trips().filter(|trip| trip.ok && !trip.encrypted).count(),
            failed: trips().filter(|trip| !trip.ok).count(),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
        }
    }
}

impl PageView {
    fn new(input: &PageInput<'_>) -> (PageView, String) {
        let document = input.document;
        let header = &document.header;
        let mut body = Body::new(input);
        // The order matters: the first place of a note is the one that its back link leads to.
        let body_html = body.body(&document.body);
        let notes = notes(&mut body, document, input.numbers);
        let revisions = revisions(&mut body, document, input.numbers);
        let legal = legal(&mut body, &header.legal);
        let number = value(&header.number);
        let (status, type_) = (value(&header.status), value(&header.type_));
        let notice = notice(&status);
        let referrers = input.series.map(referrers).unwrap_or_default();
        let series = if number.is_empty() { "XEP".to_owned() } else { format!("XEP-{number}") };
        let view = PageView {
            assets: input.assets.to_owned(),
            home: input.home.to_owned(),
            generator: input.generator.to_owned(),
            heading: format!("{series}: {}", value(&header.title)),
            title: value(&header.title),
            abstract_: value(&header.abstract_),
            version: header.revisions.first().map_or_else(String::new, |revision| value(&revision.version)),
            date: header.revisions.first().map_or_else(String::new, |revision| value(&revision.date)),
            first_date: header.revisions.last().map_or_else(String::new, |revision| value(&revision.date)),
            url: published_url(&number),
            notice: notice.text,
            notice_class: notice.class,
            interim: header.interim,
            steps: lifecycle(&type_, &status).iter().map(|s| StepView { status: s.status, state: s.state }).collect(),
            council_note: header.council_note.as_ref().map(value).filter(|note| !note.is_empty()),
            expires: header.expires.as_ref().map(value).filter(|expires| !expires.is_empty()),
            last_calls: values(&header.last_calls),
            sig: value(&header.sig),
            approvers: values(&header.approvers),
            dependencies: specifications(&header.dependencies),
            supersedes: specifications(&header.supersedes),
            superseded_by: specifications(&header.superseded_by),
            shortname: value(&header.shortname),
            tags: header.tags.as_deref().map(values).unwrap_or_default(),
            schemas: header.schema_locations.iter().map(schema).collect(),
            registry: header.registry,
            venue: header.discuss.as_ref().map(value).filter(|venue| !venue.is_empty()),
            authors: header.authors.iter().map(author).collect(),
            legal_reference: matches!(header.legal, Legal::Reference { .. }),
            legal,
            toc: Value::safe_string(&table_of_contents(document, input.numbers)),
            body: Value::safe_string(BODY),
            notes,
            revisions,
            bibtex: bibtex(header, &series),
            summary: Summary::of(input),
            report: input.report.map(str::to_owned),
            findings: input.findings.iter().map(FindingView::of).collect(),
            links: input.links.iter().map(|l| LinkView { title: l.title.clone(), href: l.href.clone() }).collect(),
            referrer_count: referrers.iter().map(|group| group.documents.len()).sum(),
            referrers,
            in_series: input.series.is_some(),
            place: input.series.map(place).unwrap_or_default(),
            series,
            number,
            status,
            type_,
        };
        (view, body_html)
    }
}

/// The documents that refer to this one, by how they do.
fn referrers(place: SeriesPlace<'_>) -> Vec<ReferrerGroup> {
    let all = place.series.referrers(place.at);
    let group = |title, relation| {
        let related = all.iter().filter(|(other, _)| *other == relation);
        ReferrerGroup { title, documents: related.map(|(_, document)| referrer(document)).collect() }
    };
    let groups = [
        group("Superseded by", Relation::Supersedes),
        group("Needed by", Relation::Dependency),
        group("Mentioned in", Relation::Reference),
    ];
    groups.into_iter().filter(|group| !group.documents.is_empty()).collect()
}

fn referrer(document: &DocumentFacts) -> ReferrerView {
    ReferrerView {
        id: document.id(),
        title: document.title.clone(),
        status: document.status.clone(),
        href: document.href(),
    }
}

/// The id of the document in the graph of the series; nothing where the site has no graph, for want of other pages.
fn place(place: SeriesPlace<'_>) -> String {
    let has_graph = place.series.documents().iter().filter(|document| !document.is_elsewhere).nth(1).is_some();
    if !has_graph {
        return String::new();
    }
    place.series.documents().get(place.at).map_or_else(String::new, |document| fragment(&document.name))
}

fn value(field: &Field) -> String {
    collapsed(field.as_str())
}

fn values(fields: &[Field]) -> Vec<String> {
    fields.iter().map(value).filter(|value| !value.is_empty()).collect()
}

/// Where the XSF publishes a document; nothing for a draft without a number.
pub(super) fn published_url(number: &str) -> Option<String> {
    let is_number = number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("https://xmpp.org/extensions/xep-{number}.html"))
}

fn specifications(fields: &[Field]) -> Vec<SpecificationView> {
    let url = |name: &str| match name.split_once(['-', ' ']) {
        Some((series, number)) if series.eq_ignore_ascii_case("XEP") => published_url(number),
        Some((series, number)) if series.eq_ignore_ascii_case("RFC") && number.bytes().all(|b| b.is_ascii_digit()) => {
            Some(format!("https://www.rfc-editor.org/rfc/rfc{number}"))
        }
        _ => None,
    };
    values(fields).into_iter().map(|name| SpecificationView { url: url(&name), name }).collect()
}

fn schema((namespace, url): &(Option<Field>, Field)) -> SchemaView {
    let url = value(url);
    SchemaView { namespace: namespace.as_ref().map(value), link: link_target(&url).map(str::to_owned), url }
}

fn author(author: &Author) -> AuthorView {
    let optional = |field: &Option<Field>| field.as_ref().map(value).filter(|value| !value.is_empty());
    let uri = optional(&author.uri);
    AuthorView {
        name: full_name(author),
        note: author.note,
        org: optional(&author.org),
        email: optional(&author.email),
        jid: optional(&author.jid),
        uri_link: uri.as_deref().and_then(link_target).map(str::to_owned),
        uri,
    }
}

fn full_name(author: &Author) -> String {
    format!("{} {}", value(&author.first_name), value(&author.surname)).trim().to_owned()
}

fn legal(body: &mut Body<'_>, legal: &Legal) -> Vec<LegalView> {
    let parts: &[(String, Vec<Inline>)] = match legal {
        Legal::Missing => &[],
        Legal::Reference { parts, .. } => &parts.0,
        Legal::Parts(parts) => parts,
    };
    let view = |(name, text): &(String, Vec<Inline>)| LegalView {
        title: legal_title(name).to_owned(),
        text: Value::safe_string(&body.text(text)),
    };
    parts.iter().map(view).collect()
}

fn legal_title(name: &str) -> &str {
    match name {
        "copyright" => "Copyright",
        "permissions" => "Permissions",
        "warranty" => "Disclaimer of warranty",
        "liability" => "Limitation of liability",
        "conformance" => "Conformance with the IPR policy",
        other => other,
    }
}

fn notes(body: &mut Body<'_>, document: &Document, numbers: &Numbers) -> Vec<NoteView> {
    let view = |note: &[Inline]| NoteView {
        number: numbers.note(note).unwrap_or_default(),
        text: Value::safe_string(&body.note(note)),
    };
    number::notes(document).into_iter().map(view).collect()
}

fn revisions(body: &mut Body<'_>, document: &Document, numbers: &Numbers) -> Vec<RevisionView> {
    let ids = numbers.revisions.iter();
    let both = document.header.revisions.iter().zip(ids);
    both.map(|(revision, id)| RevisionView {
        id: id.clone(),
        version: value(&revision.version),
        date: value(&revision.date),
        initials: value(&revision.initials),
        remark: Value::safe_string(&body.header_blocks(&revision.remark)),
    })
    .collect()
}

/// The deepest level that the table of contents lists.
const DEEPEST_LISTED: usize = 4;

/// Nested lists of the sections of the levels 1 to 4.
fn table_of_contents(document: &Document, numbers: &Numbers) -> String {
    let mut out = String::new();
    let mut depth = 0;
    for (section, number) in number::sections(document).into_iter().zip(&numbers.sections) {
        let wanted = ancestors(numbers, number.parent) + 1;
        if wanted > DEEPEST_LISTED {
            continue;
        }
        if wanted > depth {
            out.push_str("<ol>");
        } else {
            out.push_str("</li>");
            out.push_str(&"</ol></li>".repeat(depth - wanted));
        }
        depth = wanted;
        out.push_str("\n<li><a");
        push_attribute(&mut out, "href", &fragment(&number.id));
        out.push_str("><span class=\"no\">");
        push_escaped(&mut out, &number.number);
        out.push_str("</span> ");
        push_escaped(&mut out, &collapsed(section.topic.as_str()));
        out.push_str("</a>");
    }
    if depth > 0 {
        out.push_str("</li></ol>");
        out.push_str(&"</li></ol>".repeat(depth - 1));
    }
    out
}

fn ancestors(numbers: &Numbers, mut parent: Option<usize>) -> usize {
    let mut count = 0;
    while let Some(section) = parent.and_then(|at| numbers.sections.get(at)) {
        count += 1;
        parent = section.parent;
    }
    count
}

fn bibtex(header: &Header, series: &str) -> String {
    let plain = |text: String| text.replace(['{', '}', '\\'], "");
    let authors: Vec<String> = header.authors.iter().map(|author| plain(full_name(author))).collect();
    let revisions = &header.revisions;
    let published = published_url(&value(&header.number));
    let mut fields = vec![
        ("title", plain(value(&header.title))),
        ("author", authors.join(" and ")),
        ("type", "XEP".to_owned()),
        ("number", plain(value(&header.number))),
        ("version", revisions.first().map_or_else(String::new, |revision| plain(value(&revision.version)))),
        ("institution", published.as_ref().map_or("", |_| "XMPP Standards Foundation").to_owned()),
        ("url", published.unwrap_or_default()),
        ("date", date_range(header)),
    ];
    fields.retain(|(_, value)| !value.is_empty());
    let lines = fields.iter().map(|(name, value)| format!("  {name:<11} = {{{value}}},\n"));
    format!("@report{{{series},\n{}}}", lines.collect::<String>())
}

fn date_range(header: &Header) -> String {
    let date = |revision: Option<&crate::document::Revision>| revision.map_or_else(String::new, |r| value(&r.date));
    let (first, last) = (date(header.revisions.last()), date(header.revisions.first()));
    if first == last { last } else { format!("{first}/{last}") }
}
