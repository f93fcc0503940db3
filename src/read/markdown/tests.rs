#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::document::walk::{self, Place};
use crate::document::{Legal, ListingKind, Section};
use crate::source::Position;
use proptest::prelude::*;

const HEADER: &str = "---\ntitle: T\nabstract: A\nlegal: xsf\nnumber: 0001\nstatus: S\ntype: T\nsig: S\nshortname: s\n\
    author: romeo\nrevision: {version: 0.1.0, date: 2026-11-23, initials: r, remark: First.}\n---\n";

fn references(name: &str, span: Span) -> Option<Vec<Inline>> {
    let text = |text: &str| Inline::Text(MappedText::standing_for(text, span));
    let element =
        |name: &str, inside: Vec<Inline>| Inline::Element { name: name.into(), attributes: vec![], text: inside };
    match name {
        "caps" | "xep0384" => Some(vec![element("span", vec![text(name)]), Inline::Note(vec![text("note")])]),
        "romeo" => Some(vec![element("firstname", vec![text("Romeo")]), element("surname", vec![text("Montague")])]),
        _ => None,
    }
}

fn no_xml(text: MappedText, _: &[Entity], _: &mut Sink) -> Vec<Block> {
    vec![Block::Comment(text)]
}

fn read_text(text: &str) -> (Sources, Document, Vec<Finding>) {
    let mut sources = Sources::default();
    let file = sources.add("draft.md", text);
    let mut sink = Sink::default();
    let document = read(&sources, file, &references, &no_xml, &mut sink);
    (sources, document, sink.into_findings())
}

/// The body under a good header: a short form of each block.
fn body(markdown: &str) -> (String, Vec<Finding>) {
    let (_, document, findings) = read_text(&format!("{HEADER}{markdown}"));
    (document.body.iter().map(show).collect::<Vec<_>>().join(" "), findings)
}

fn show_all(blocks: &[Block]) -> String {
    blocks.iter().map(show).collect::<Vec<_>>().join(" ")
}

fn show(block: &Block) -> String {
    let id = |id: &Option<crate::source::Spanned<String>>| {
        id.as_ref().map(|id| format!("#{}:", id.value)).unwrap_or_default()
    };
    match block {
        Block::Section(Section { level, topic, anchor, blocks, .. }) => {
            let anchor = anchor.as_ref().map(|anchor| format!("#{anchor}")).unwrap_or_default();
            format!("s{level}({topic}{anchor} {})", show_all(blocks))
        }
        Block::Paragraph(paragraph) => format!("p({}{})", id(&paragraph.requirement), inline(&paragraph.text)),
        Block::Plain(text) => format!("'{}'", inline(text)),
        Block::List(list) => {
            let items =
                list.items.iter().map(|item| format!("li({}{})", id(&item.requirement), show_all(&item.blocks)));
            format!("{}{:?}[{}]", if list.ordered { "ol" } else { "ul" }, list.attributes, items.collect::<String>())
        }
        Block::Definitions(definitions) => {
            let items =
                definitions.items.iter().map(|item| format!("{}={}", inline(&item.term), show_all(&item.meaning)));
            format!("dl[{}]", items.collect::<Vec<_>>().join(";"))
        }
        Block::Table(table) => {
            let rows = table.rows.iter().map(|row| {
                let cell = |cell: &crate::document::Cell| {
                    format!("{}{:?}{}", if cell.heading { "!" } else { "" }, cell.attributes, show_all(&cell.blocks))
                };
                row.cells.iter().map(cell).collect::<Vec<_>>().join("|")
            });
            let caption = table.caption.as_ref().map(|caption| format!("{caption:?}")).unwrap_or_default();
            let rows = rows.collect::<Vec<_>>().join("/");
            format!("table({}{caption} {:?} {rows})", id(&table.id), said(&table.directives)).replace("[]", "")
        }
        Block::Listing(listing) => {
            let kind = if listing.kind == ListingKind::Example { "example" } else { "code" };
            let caption = listing.caption.as_ref().map(|caption| format!("{caption:?}")).unwrap_or_default();
            let language = listing.language.as_ref().map(|language| language.value.as_str()).unwrap_or_default();
            format!("{kind}({language} {caption} {:?} {:?})", said(&listing.directives), listing.text)
        }
        Block::Quote(container) => format!("quote({})", show_all(&container.blocks)),
        Block::Division(container) => format!("div({})", show_all(&container.blocks)),
        Block::Comment(text) => format!("comment({text})"),
        Block::Instruction(target, text) => format!("?{target} {text}?"),
        Block::Vulnerability { .. } | Block::Unknown { .. } => unreachable!("Markdown makes none"),
    }
}

fn said(directives: &crate::document::Directives) -> Vec<String> {
    directives.iter().map(|(name, value)| format!("{name}={}", value.value)).collect()
}

fn inline(text: &[Inline]) -> String {
    text.iter()
        .map(|piece| match piece {
            Inline::Text(text) => text.to_string(),
            Inline::Emphasis(text) => format!("*{}*", inline(text)),
            Inline::Strong(text) => format!("**{}**", inline(text)),
            Inline::Code(text) => format!("`{}`", inline(text)),
            Inline::Link { url, text } => format!("[{}]({url})", inline(text)),
            Inline::Note(text) => format!("^({})", inline(text)),
            Inline::Break => "<br>".to_owned(),
            Inline::Image(attributes) => format!("!{attributes:?}"),
            Inline::Element { name, text, .. } => format!("<{name}>{}", inline(text)),
            Inline::Reference { name, .. } => format!("&{name};"),
            Inline::Comment(text) => format!("<!--{text}-->"),
            Inline::Instruction(target, text) => format!("?{target} {text}?"),
        })
        .collect()
}

#[test]
fn blocks_and_text_are_read() {
    let check = |markdown: &str, expected: &str| {
        let (shown, findings) = body(&format!("# S\n\n{markdown}"));
        assert_eq!(shown, format!("s1(S {expected})"), "{markdown}");
        assert_eq!(findings, [], "{markdown}");
    };
    check("a *b* **c** `d`\ne", "p(a *b* **c** `d`\ne)");
    check("a\\*b &amp; &lt;x&gt; &#65;", "p(a*b & <x> A)");
    check("see &xep0384;.", "p(see &xep0384;.)");
    check("a series name wins: &caps;", "p(a series name wins: &caps;)");
    check("escaped \\&xep0384; and `&xep0384;`", "p(escaped &xep0384; and `&xep0384;`)");
    check("AT&T a & b", "p(AT&T a & b)");
    check("The client MUST. {#req-x}", "p(#req-x:The client MUST.)");
    check("ends with `code` {#req-x}", "p(#req-x:ends with `code`)");
    check("- a {#req-a}\n- b\n  - c {#req-c}", "ul[][li(#req-a:'a')li('b' ul[][li(#req-c:'c')])]");
    check("3. a\n\n4. b {#req-b}", "ol[(\"start\", \"3\")][li(p(a))li(p(#req-b:b))]");
    check("- a\n  ```xml\n  <x/>\n  ```", "ul[][li(p(a) code(xml  [] \"<x/>\"))]");
    check("T `x`\n: m {#req-m}", "dl[T `x`=p(#req-m:m)]");
    check("T\n: m\n: n", "dl[T=p(m) p(n)]");
    check("> a\n> b", "div(quote('a\nb'))");
    check("a[^1] b\n\n[^1]: note *x*\n\n    second", "p(a^(note *x*\nsecond) b)");
    check(
        "[a `b`](#c) <https://x.example> <a@b.example>",
        "p([a `b`](#c) [https://x.example](https://x.example) [a@b.example](mailto:a@b.example))",
    );
    check("![alt *x*](i.png)", "p(![(\"src\", \"i.png\"), (\"alt\", \"alt x\")])");
    check("a  \nb <!-- c --> d", "p(a<br>b <!-- c --> d)");
    check(
        "<!-- c -->\n\n<!-- xep:allow rule='r' because='b' -->\n\na",
        "comment( c ) ?allow rule='r' because='b'? p(a)",
    );
    check(
        "| a `b` | c |\n|:--|---|\n| 1 | |\n\nTable: The `cap` {#tab}",
        "table(#tab:\"The cap\"  !'a `b`'|!'c'/[(\"align\", \"left\")]'1'|)",
    );
    check("| a | b |\n|---|---|\n| 1 | 2 |\nTable: cap {#t}", "table(#t:\"cap\"  !'a'|!'b'/'1'|'2')");
    check("    indented\n    code", "code(  [] \"indented\\ncode\")");
}

#[test]
fn fences_are_read() {
    let check = |fence: &str, expected: &str| {
        let (shown, findings) = body(&format!("# S\n\n{fence}\n<a>\n\n b\n</a>\n~~~~~"));
        assert_eq!(shown, format!("s1(S {expected})"), "{fence}");
        assert_eq!(findings, [], "{fence}");
    };
    let text = "\"<a>\\n\\n b\\n</a>\"";
    check("~~~xml", &format!("code(xml  [] {text})"));
    check(
        "~~~~~ {.xml .example #ex-a caption=\"A `picture`\" kind=partial seal='#x'}",
        &format!("example(xml \"A `picture`\" [\"id=ex-a\", \"kind=partial\", \"seal=#x\"] {text})"),
    );
    check("~~~xml {.example caption=\"a \\\"b\\\"\"}", &format!("example(xml \"a \\\"b\\\"\" [] {text})"));
    check("~~~{.include src=\"schema.xsd\"}", &format!("code(  [\"class=include\", \"src=schema.xsd\"] {text})"));
    check(
        "~~~{.table #t src=\"e.toml\" columns=\"a b\" caption=\"C\"}",
        "table(#t:\"C\" [\"src=e.toml\", \"columns=a b\"] )",
    );
    check("~~~{.xep-xml}", "comment(<a>\n\n b\n</a>)");
}

#[test]
fn sections_nest() {
    let check = |markdown: &str, expected: &str| assert_eq!(body(markdown).0, expected, "{markdown}");
    check("# A {#a}\n\nx\n\n## B\n\n# C", "s1(A#a p(x) s2(B )) s1(C )");
    check("# A `b` &xep0384;\n", "s1(A b xep0384 )");
    check("# A\n\n### B\n\n## C\n\n###### D", "s1(A s2(B ) s2(C s3(D )))");
    check("# A\n\n<!-- xep:allow rule='r' because='b' -->\n\n# B", "s1(A ) ?allow rule='r' because='b'? s1(B )");
}

/// Each `|` in the expected column is where the finding begins and ends.
#[test]
fn faults_are_found_at_their_place() {
    let check = |markdown: &str, rule: &str, expected: &str| {
        let (sources, _, findings) = read_text(&format!("{HEADER}{markdown}"));
        let found: Vec<(&str, &str)> =
            findings.iter().map(|finding| (finding.rule, sources.slice(finding.span))).collect();
        assert_eq!(found, [(rule, expected)], "{markdown}");
    };
    check("# A\n\n### B\n", "heading-level", "### B");
    check("# A\n\n## B\n\n### C\n\n#### D\n\n##### E\n\n###### F", "heading-level", "###### F");
    check("# A {.b}", "malformed-attribute", "{.b}");
    check("# A\n\n<b>x</b>", "raw-html", "<b>");
    check("# A\n\na <b>x</b> y", "raw-html", "<b>");
    check("# A\n\n<div>\nx\n</div>\n", "raw-html", "<div>\nx\n</div>");
    check("# A\n\n```{.xml caption=\"a `b`\"}\nx\n```", "broken-fence", "```{.xml caption=\"a `b`\"}");
    check("# A\n\n```xml\nx\n", "broken-fence", "```xml");
    check("# A\n\n```{.xml caption=\"a}\nx\n```", "malformed-attribute", "\"a}");
    check("# A\n\n```{.xml word}\nx\n```", "malformed-attribute", "word");
    check("# A\n\n```{.xml kind=}\nx\n```", "malformed-attribute", "");
    check("# A\n\n```{.xml .foo}\nx\n```", "malformed-attribute", "foo");
    check("# A\n\n```{.xml a=1 a=2}\nx\n```", "malformed-attribute", "a=2");
    check("# A\n\n```{.xml #a #b}\nx\n```", "malformed-attribute", "#b");
    check("# A\n\n```xml foo\nx\n```", "malformed-attribute", "foo");
    check("# A\n\nb {#1}", "malformed-attribute", "{#1}");
    check("# A\n\n&foo;", "undeclared-entity", "&foo;");
    check("# A\n\nx [^no] \\[^esc] y", "undefined-footnote", "[^no]");
    check("# A\n\n[a](b \"c\")", "unsupported-markdown", "[a](b \"c\")");
    check("# A\n\n| a |\n|---|\n| `b|c` |", "unsupported-markdown", "c`");
    check("# A\n\n[^a]: b", "unused-footnote", "[^a]: b");
    check("# A\n\nx[^a]\n\n[^a]: b[^a]", "malformed-footnote", "[^a]");
    check("# A\n\n***", "unsupported-markdown", "***");
    check("a", "unsupported-markdown", "a");
    check("# A\n\n> # B", "unsupported-markdown", "# B");
}

#[test]
fn the_header_is_read_as_written() {
    let text = "---\ntitle: \"A \\\"B\\\" ü\"\nabstract: >\n  One\n  two.\nlegal: xsf\nnumber: 0420\nstatus: ProtoXEP\n\
        lastcall: [2026-01-01]\ninterim: true\ntype: Standards Track\nsig: Standards\napprover: Council\n\
        dependencies:\n  - XMPP Core\n  - 'XEP-0082'\nsupersedes: []\nsupersededby:\nshortname: sce\ntags: [a, b]\n\
        schemaloc:\n  - {ns: 'urn:x', url: 'https://x.example'}\n  - https://y.example\nregistry: true\ndiscuss: d\n\
        expires: 2027-01-01\nauthor:\n  - romeo\n  - firstname: Juliet\n    surname: Capulet\n    jid: j@c.example\n\
        revision:\n  - version: 1.0\n    date: 2026-11-23\n    initials: r\n    remark:\n      - First `x`.\n      - See &ns;.\n\
        councilnote: c\nprofiles: [openpgp, stub]\nentities:\n  ns: urn:xmpp:sce:1\n---\n# A\n\nis &ns;\n";
    let (sources, document, findings) = read_text(text);
    assert_eq!(findings, []);
    let header = &document.header;
    let texts = |fields: &[MappedText]| fields.iter().map(MappedText::to_string).collect::<Vec<_>>().join(",");
    assert_eq!(header.title.as_str(), "A \"B\" ü");
    assert_eq!(header.abstract_.as_str(), "One two.");
    assert_eq!(header.number.as_str(), "0420");
    assert_eq!(header.revisions.first().unwrap().version.as_str(), "1.0");
    assert_eq!(texts(&header.last_calls), "2026-01-01");
    assert_eq!(texts(&header.dependencies), "XMPP Core,XEP-0082");
    assert_eq!(texts(header.tags.as_ref().unwrap()), "a,b");
    assert_eq!(header.profiles.as_ref().unwrap().as_str(), "openpgp stub");
    assert!(header.interim && header.registry);
    assert!(matches!(&header.legal, Legal::Reference { entity, .. } if entity == "LEGALNOTICE"));
    assert_eq!(header.schema_locations.len(), 2);
    assert_eq!(header.authors.first().unwrap().surname.as_str(), "Montague");
    assert_eq!(header.authors.get(1).unwrap().jid.as_ref().unwrap().as_str(), "j@c.example");
    assert_eq!(show_all(&header.revisions.first().unwrap().remark), "p(First `x`.) p(See urn:xmpp:sce:1.)");
    assert_eq!(show_all(&document.body), "s1(A p(is urn:xmpp:sce:1))");
    assert_eq!(document.entities.first().unwrap().value.as_str(), "urn:xmpp:sce:1");
    let title = header.title.span(6..8).unwrap();
    assert_eq!(sources.slice(title), "ü");
    let number = header.number.whole().unwrap();
    assert_eq!(
        (sources.slice(number), sources.get(number.file).position(number.start)),
        ("0420", Position { line: 7, column: 9 })
    );
}

#[test]
fn faults_of_the_header_are_found() {
    let check = |old: &str, new: &str, rule: &str, place: &str, help: &str| {
        let (sources, _, findings) = read_text(&HEADER.replace(old, new));
        let found: Vec<(&str, &str)> =
            findings.iter().map(|finding| (finding.rule, sources.slice(finding.span))).collect();
        assert_eq!(found, [(rule, place)], "{new}");
        assert!(findings.first().unwrap().help.clone().unwrap_or_default().contains(help), "{findings:?}");
    };
    check("sig: S\n", "", "missing-header-field", "---", "sig");
    check("sig: S\n", "sig:\n", "missing-header-field", "---", "sig");
    check("sig: S\n", "sig: S\ntag: [a]\n", "unknown-header-field", "tag", "`tags`");
    check("sig: S\n", "sig: S\nfrobnicate: a\n", "unknown-header-field", "frobnicate", "`title`");
    check("sig: S\n", "sig: [a]\n", "malformed-header", "[a", "");
    check("sig: S\n", "sig: S\ninterim: maybe\n", "malformed-header", "maybe", "");
    check("legal: xsf", "legal: some words", "malformed-header", "some words", "");
    check("version: 0.1.0, ", "", "missing-header-field", "{date: 2026-11-23, initials: r, remark: First.", "version");
    check("sig: S\n", "sig: 'S\n", "malformed-header", "", "");
    let (_, _, findings) = read_text("# A\n");
    assert_eq!(findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), ["missing-header-field"]);
}

/// Every verbatim piece of text in the document equals the bytes of the file at its span.
fn assert_texts_lead_back(sources: &Sources, document: &Document) {
    let check = |text: &MappedText| {
        for (range, span, verbatim) in text.pieces() {
            assert!(span.end <= sources.whole(span.file).end);
            if verbatim {
                assert_eq!(sources.slice(span), text.as_str().get(range).unwrap());
            }
        }
    };
    check(&document.header.title);
    check(&document.header.abstract_);
    let mut see = |place: Place<'_>| match place {
        Place::Enter(section) => check(&section.topic),
        Place::Listing(listing) => {
            check(&listing.text);
            listing.caption.iter().for_each(check);
            listing.directives.iter().for_each(|(_, value)| check(&value.value));
        }
        Place::Table(table) => table.caption.iter().for_each(check),
        Place::Requirement(id) => assert_eq!(sources.slice(id.span), id.value),
        Place::Note(_) | Place::Leave(_) | Place::Link(_) => {}
    };
    walk::body(document, &mut see);
    walk::revisions(document, &mut see);
    each_text(&document.body, &check);
}

fn each_text(blocks: &[Block], check: &impl Fn(&MappedText)) {
    for block in blocks {
        match block {
            Block::Section(section) => each_text(&section.blocks, check),
            Block::Paragraph(paragraph) => each_inline(&paragraph.text, check),
            Block::Plain(text) => each_inline(text, check),
            Block::List(list) => list.items.iter().for_each(|item| each_text(&item.blocks, check)),
            Block::Definitions(definitions) => definitions.items.iter().for_each(|item| {
                each_inline(&item.term, check);
                each_text(&item.meaning, check);
            }),
            Block::Table(table) => {
                table.rows.iter().flat_map(|row| &row.cells).for_each(|cell| each_text(&cell.blocks, check));
            }
            Block::Quote(container) | Block::Division(container) => each_text(&container.blocks, check),
            Block::Comment(text) | Block::Instruction(_, text) => check(text),
            _ => {}
        }
    }
}

fn each_inline(text: &[Inline], check: &impl Fn(&MappedText)) {
    for piece in text {
        match piece {
            Inline::Text(text) | Inline::Comment(text) | Inline::Instruction(_, text) => check(text),
            Inline::Emphasis(text) | Inline::Strong(text) | Inline::Code(text) | Inline::Note(text) => {
                each_inline(text, check);
            }
            Inline::Link { url, text } => {
                check(url);
                each_inline(text, check);
            }
            Inline::Image(attributes) => attributes.iter().for_each(|(_, value)| check(value)),
            _ => {}
        }
    }
}

#[test]
fn texts_lead_back_to_the_file() {
    let text = include_str!("../../../tests/markdown/everything.md");
    for text in [text.to_owned(), text.replace('\n', "\r\n"), format!("\u{feff}{text}")] {
        let (sources, document, findings) = read_text(&text);
        assert_eq!(findings, []);
        assert_texts_lead_back(&sources, &document);
    }
}

#[test]
fn line_ends_of_windows_change_no_data() {
    let text = include_str!("../../../tests/markdown/everything.md");
    assert_eq!(read_text(text).1, read_text(&text.replace('\n', "\r\n")).1);
}

#[test]
fn deep_nesting_is_survived() {
    for text in [
        ">".repeat(50_000),
        "- ".repeat(20_000),
        "*a ".repeat(20_000),
        "[".repeat(50_000),
        "![".repeat(20_000),
        format!("---\na: {}\n---\n", "[".repeat(100_000)),
        format!("---\n{}\n---\n", "- ".repeat(100_000)),
        format!("---\n{}\n---\n", "? ".repeat(100_000)),
        format!("---\n{}\n---\n", (0..3000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>()),
        (0..40).map(|note| format!("[^{note}]: [^{}][^{}]\n\n", note + 1, note + 1)).collect::<String>() + "x[^0]\n",
    ] {
        let (sources, document, _) = read_text(&text);
        assert_texts_lead_back(&sources, &document);
        drop(crate::render::xep_xml::write(&document));
    }
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in "\\PC*") {
        let (sources, document, _) = read_text(&text);
        assert_texts_lead_back(&sources, &document);
        crate::render::xep_xml::write(&document);
    }

    #[test]
    fn no_mixture_of_markup_is_too_strange(pieces in prop::collection::vec(prop::sample::select(vec![
        "---\n", "title: ", "- ", "a", "ü", "\n", "\n\n", "\r\n", "```", "~~~", "{.xml .example #a caption=\"", "\"}", "}", "{#req-a}",
        "`", "*", "**", "_", "[", "](", ")", "[^1]", "[^1]: ", "| a | b |\n", "|---|---|\n", "Table: ", ": ", "> ", "# ", "###### ",
        "<!--", "-->", "<!-- xep:allow rule='a' -->", "<b>", "&amp;", "&xep0384;", "&foo;", "\\", "1. ", "    ", "'", "&", ";",
        "entities:\n  a: b\n", "\t", "![", "<https://a.b>", "{.xep-xml}", "{.table src=a}", " ",
    ]), 0..40)) {
        let (sources, document, _) = read_text(&pieces.concat());
        assert_texts_lead_back(&sources, &document);
        crate::render::xep_xml::write(&document);
        let (sources, document, _) = read_text(&format!("{HEADER}{}", pieces.concat()));
        assert_texts_lead_back(&sources, &document);
    }
}
