//! The graph of a series: as data, as a picture, and the page that shows it.
//!
//! The picture has one column a year, in which stand the documents that were begun then. It works by style alone: pointing
//! at a document, or a link to its id, shows its lines.

use super::html::{push_attribute, push_escaped};
use super::page::{RenderError, Templates};
use super::status::notice;
use super::xeplist::pretty;
use crate::series::{DocumentFacts, Edge, Relation, SeriesFacts};
use serde::Serialize;
use std::collections::BTreeMap;
use tera::Value;

#[derive(Serialize)]
struct Graph<'a> {
    version: u32,
    nodes: Vec<GraphNode<'a>>,
    edges: Vec<GraphEdge>,
}

#[derive(Serialize)]
struct GraphNode<'a> {
    id: String,
    title: &'a str,
    status: &'a str,
    #[serde(rename = "type")]
    type_: &'a str,
    begun: &'a str,
    updated: &'a str,
    href: String,
}

#[derive(Serialize)]
struct GraphEdge {
    from: String,
    to: String,
    kind: &'static str,
}

/// `graph.json`: the documents, and each relation between two of them. Its `version` is that of the format.
pub fn json(series: &SeriesFacts) -> String {
    let documents = series.documents();
    let node = |document: &DocumentFacts| -> String { document.id() };
    let edge = |edge: &Edge| {
        let (from, to) = (documents.get(edge.from)?, documents.get(edge.to)?);
        Some(GraphEdge { from: node(from), to: node(to), kind: edge.relation.name() })
    };
    let ordered = series.in_order().into_iter().filter_map(|at| documents.get(at));
    pretty(&Graph {
        version: 1,
        nodes: ordered.map(|document| graph_node(document)).collect(),
        edges: series.edges().iter().filter_map(edge).collect(),
    })
}

fn graph_node(document: &DocumentFacts) -> GraphNode<'_> {
    GraphNode {
        id: document.id(),
        title: &document.title,
        status: &document.status,
        type_: &document.details().type_,
        begun: &document.details().first_date,
        updated: &document.details().last_revision.date,
        href: document.href(),
    }
}

/// What the page of the graph needs beside the series.
#[derive(Clone, Copy, Debug)]
pub struct GraphPage<'a> {
    /// The relative path to the folder of the shared files ([`super::site::FILES`]).
    pub assets: &'a str,
    /// The version of the program.
    pub generator: &'a str,
}

#[derive(Serialize)]
struct GraphView<'a> {
    assets: &'a str,
    generator: &'a str,
    documents: usize,
    dependencies: usize,
    superseding: usize,
    picture: Value,
}

/// The page that shows a picture made by [`svg`].
///
/// # Errors
/// When the template does not fit; the embedded one does.
pub fn page(series: &SeriesFacts, picture: &str, around: GraphPage<'_>) -> Result<String, RenderError> {
    let count = |relation| series.edges().iter().filter(|edge| edge.relation == relation).count();
    let view = GraphView {
        assets: around.assets,
        generator: around.generator,
        documents: series.documents().len(),
        dependencies: count(Relation::Dependency),
        superseding: count(Relation::Supersedes),
        picture: Value::safe_string(picture),
    };
    Templates::embedded().render("graph.html", &view)
}

/// The measures of the picture, in pixels.
const COLUMN: usize = 232;
const ROW: usize = 30;
const WIDTH: usize = 172;
const HEIGHT: usize = 22;
const MARGIN: usize = 24;
const HEAD: usize = 30;

/// How many characters of a title a box holds.
const LABEL: usize = 17;

/// Where the box of a document stands.
#[derive(Clone, Copy)]
struct Spot {
    column: usize,
    x: usize,
    y: usize,
}

/// The columns of the picture, and the place of each document.
struct Layout {
    years: Vec<String>,
    spots: Vec<Spot>,
    width: usize,
    height: usize,
}

impl Layout {
    fn of(series: &SeriesFacts) -> Layout {
        let documents = series.documents();
        let mut columns: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for at in series.in_order() {
            columns.entry(documents.get(at).map_or("", |document| year(document))).or_default().push(at);
        }
        let mut spots = vec![Spot { column: 0, x: 0, y: 0 }; documents.len()];
        for (column, places) in columns.values().enumerate() {
            for (row, at) in places.iter().enumerate() {
                if let Some(spot) = spots.get_mut(*at) {
                    *spot = Spot { column, x: MARGIN + column * COLUMN, y: MARGIN + HEAD + row * ROW };
                }
            }
        }
        let longest = columns.values().map(Vec::len).max().unwrap_or(0);
        Layout {
            width: MARGIN * 2 + columns.len().saturating_sub(1) * COLUMN + WIDTH,
            height: MARGIN * 2 + HEAD + longest * ROW,
            years: columns.into_keys().map(str::to_owned).collect(),
            spots,
        }
    }

    /// The line from one box to another, as a path.
    fn line(&self, edge: &Edge) -> String {
        let (Some(from), Some(to)) = (self.spots.get(edge.from), self.spots.get(edge.to)) else {
            return String::new();
        };
        let middle = HEIGHT / 2;
        let (from_y, to_y) = (from.y + middle, to.y + middle);
        let (from_x, to_x, bend_from, bend_to) = match from.column.cmp(&to.column) {
            std::cmp::Ordering::Greater => (from.x, to.x + WIDTH, from.x.saturating_sub(40), to.x + WIDTH + 40),
            std::cmp::Ordering::Less => (from.x + WIDTH, to.x, from.x + WIDTH + 40, to.x.saturating_sub(40)),
            std::cmp::Ordering::Equal => (from.x, to.x, from.x.saturating_sub(22), to.x.saturating_sub(22)),
        };
        format!("M{from_x} {from_y}C{bend_from} {from_y} {bend_to} {to_y} {to_x} {to_y}")
    }
}

/// The year in which a document was begun.
fn year(document: &DocumentFacts) -> &str {
    let is_year = |year: &&str| year.bytes().all(|byte| byte.is_ascii_digit());
    document.details().first_date.get(..4).filter(is_year).unwrap_or("undated")
}

/// `graph.svg`: what builds on what, and what supersedes what. Mere references are left to the data: they would cover all.
pub fn svg(series: &SeriesFacts) -> String {
    let layout = Layout::of(series);
    let mut out = opening(&layout);
    for (column, year) in layout.years.iter().enumerate() {
        let x = MARGIN + column * COLUMN + WIDTH / 2;
        out.push_str(&format!("<text class=\"sg-year\" x=\"{x}\" y=\"{}\">", MARGIN + 8));
        push_escaped(&mut out, year);
        out.push_str("</text>\n");
    }
    let drawn: Vec<Edge> = series.edges().iter().filter(|edge| edge.relation != Relation::Reference).copied().collect();
    let all = |relation| {
        let lines = drawn.iter().filter(|edge| edge.relation == relation).map(|edge| layout.line(edge));
        lines.collect::<String>()
    };
    path(&mut out, "sg-all", &all(Relation::Dependency));
    path(&mut out, "sg-all sg-supersedes", &all(Relation::Supersedes));
    for at in series.in_order() {
        node(&mut out, series, &layout, &drawn, at);
    }
    out.push_str("</svg>\n");
    out
}

fn path(out: &mut String, class: &str, lines: &str) {
    if !lines.is_empty() {
        out.push_str(&format!("<path class=\"{class}\" d=\"{lines}\"/>\n"));
    }
}

fn opening(layout: &Layout) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" \
         role=\"group\" aria-label=\"Dependencies of the series\">\n<style>{STYLE}</style>\n",
        layout.width, layout.height
    )
}

/// The style of the picture; it stands in the file because the picture is also looked at alone.
const STYLE: &str = "\
.sg{--paper:#fff;--ink:#1d2430;--soft:#5a6573;--line:#b9c2cd;--faint:#f5f7fa;--link:#0b5aa5;--good:#1d7a46;--bad:#b3261e;--warn:#8a5a00;\
background:var(--paper);font:11px system-ui,\"Segoe UI\",\"Noto Sans\",\"Liberation Sans\",Arial,sans-serif}\
@media (prefers-color-scheme:dark){.sg{--paper:#14181d;--ink:#d9dfe6;--soft:#98a3b0;--line:#48525e;--faint:#1b2027;--link:#82b8f2;\
--good:#6cc391;--bad:#ff8a80;--warn:#e0b15c}}\
.sg path{fill:none;stroke-width:1;pointer-events:none}\
.sg-all{stroke:var(--line);opacity:.55}\
.sg-supersedes{stroke-dasharray:4 3}\
.sg-year{fill:var(--soft);font-size:13px;font-weight:600;text-anchor:middle}\
.sg-node text{fill:var(--ink)}\
.sg-node rect{fill:var(--faint);stroke:var(--warn)}\
.sg-node.good rect{stroke:var(--good)}\
.sg-node.bad rect{stroke:var(--bad);stroke-dasharray:3 2}\
.sg-node.bad text{fill:var(--soft)}\
.sg-number{font-weight:650}\
.sg-out,.sg-in{visibility:hidden}\
.sg .sg-out{stroke:var(--link);stroke-width:1.8}\
.sg .sg-in{stroke:var(--warn);stroke-width:1.4}\
.sg-node:is(:hover,:focus-within,:target) :is(.sg-out,.sg-in){visibility:visible}\
.sg-node:is(:hover,:focus-within,:target) rect{stroke-width:2.5}";

fn node(out: &mut String, series: &SeriesFacts, layout: &Layout, drawn: &[Edge], at: usize) {
    let (Some(document), Some(spot)) = (series.documents().get(at), layout.spots.get(at)) else { return };
    out.push_str("<g");
    push_attribute(out, "id", &document.name);
    push_attribute(out, "class", &format!("sg-node {}", notice(&document.status).class));
    out.push_str(">\n");
    let lines = |belongs: &dyn Fn(&Edge) -> bool| -> String {
        drawn.iter().filter(|edge| belongs(edge)).map(|edge| layout.line(edge)).collect()
    };
    path(out, "sg-out", &lines(&|edge| edge.from == at));
    path(out, "sg-in", &lines(&|edge| edge.to == at));
    out.push_str("<a");
    push_attribute(out, "href", &document.href());
    out.push_str("><title>");
    push_escaped(out, &format!("{} ({})", document.heading(), document.status));
    out.push_str(&format!(
        "</title><rect x=\"{}\" y=\"{}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"4\"/>",
        spot.x, spot.y
    ));
    out.push_str(&format!("<text x=\"{}\" y=\"{}\">", spot.x + 7, spot.y + 15));
    if document.is_numbered() {
        out.push_str("<tspan class=\"sg-number\">");
        push_escaped(out, &document.number);
        out.push_str("</tspan> ");
    }
    push_escaped(out, &label(&document.title, document.is_numbered()));
    out.push_str("</text></a></g>\n");
}

/// The beginning of a title, as much as fits.
fn label(title: &str, is_numbered: bool) -> String {
    let room = if is_numbered { LABEL } else { LABEL + 5 };
    if title.chars().count() <= room {
        return title.to_owned();
    }
    let short: String = title.chars().take(room).collect();
    format!("{}\u{2026}", short.trim_end())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::series::DocumentDetails;
    use crate::series::Statement;
    use std::sync::Arc;

    fn series() -> SeriesFacts {
        let document = |number: &str, date: &str, on: &[u16]| DocumentFacts {
            name: format!("xep-{number}"),
            number: number.into(),
            title: "A title & <more> than fits into a box".into(),
            related: on.iter().map(|number| (Statement::DependsOn, *number)).collect(),
            details: Some(Arc::new(DocumentDetails { first_date: date.into(), ..DocumentDetails::default() })),
            ..DocumentFacts::default()
        };
        let all = vec![
            document("0001", "2001-01-01", &[3]),
            document("0002", "2001-02-01", &[1]),
            document("0003", "2004-02-01", &[1]),
            document("XXXX", "", &[]),
        ];
        SeriesFacts::of(all.into_iter().map(Arc::new).collect())
    }

    #[test]
    fn the_picture_is_xml_and_holds_every_document() {
        let picture = svg(&series());
        let tree = roxmltree::Document::parse(&picture).unwrap();
        let ids: Vec<&str> = tree.descendants().filter_map(|node| node.attribute("id")).collect();
        assert_eq!(ids, ["xep-0001", "xep-0002", "xep-0003", "xep-XXXX"]);
        assert_eq!(picture, svg(&series()), "the same series gives the same picture");
        roxmltree::Document::parse(&svg(&SeriesFacts::default())).unwrap();
    }

    #[test]
    fn columns_are_years() {
        let layout = Layout::of(&series());
        assert_eq!(layout.years, ["2001", "2004", "undated"]);
        assert_eq!(layout.spots.iter().map(|spot| spot.column).collect::<Vec<_>>(), [0, 0, 1, 2]);
    }

    #[test]
    fn the_data_name_every_relation() {
        let graph: serde_json::Value = serde_json::from_str(&json(&series())).unwrap();
        let edges = graph.get("edges").and_then(|edges| edges.as_array()).unwrap();
        let told: Vec<String> = edges
            .iter()
            .map(|edge| format!("{} {} {}", edge["from"], edge["kind"], edge["to"]).replace('"', ""))
            .collect();
        assert_eq!(
            told,
            ["XEP-0001 dependency XEP-0003", "XEP-0002 dependency XEP-0001", "XEP-0003 dependency XEP-0001"]
        );
    }
}
