#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;
use crate::document::{Legal, ListingKind};
use proptest::prelude::*;

const ENTS: &str = "<!ENTITY LEGALNOTICE '<legal><copyright>C &#169; <link url=\"u\">X</link></copyright></legal>'>
<!ENTITY me '<author><firstname>Me</firstname><surname>Myself</surname><jid>me@x.example</jid></author>'>
<!ENTITY xep0384 \"<span class='ref'><link url='u'>OMEMO</link></span> <note>N &lt;<link url='u'>u</link>&gt;.</note>\">
<!ENTITY RULES '<p>See &xep0384;.</p>'><!ENTITY IQ '&lt;iq/&gt;'><!ENTITY nbsp '&#160;'>";

const DOCTYPE: &str = "<?xml version='1.0'?><!DOCTYPE xep SYSTEM 'xep.dtd' [<!ENTITY ns 'urn:x'><!ENTITY l '<tt>&lt;l/&gt;</tt>'>\
                       <!ENTITY ex '<example>&lt;e/&gt;</example>'><!ENTITY % ents SYSTEM 'xep.ent'>%ents;]>";

fn read_text(text: &str, ents: Option<&str>) -> (Document, Vec<String>) {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let shared = ents.map(|ents| {
        let file = sources.add("xep.ent", ents);
        SharedEntities::read(&sources, file, &mut sink)
    });
    let file = sources.add("a.xml", text);
    let document = read(&sources, file, shared.as_ref(), &mut sink);
    let whole = sources.whole(file);
    let show = |finding: &Finding| {
        assert!(whole.contains(finding.span), "{finding:?}");
        format!("{}@{}", finding.rule, sources.slice(finding.span))
    };
    let findings = sink.findings().iter().map(show).collect();
    (document, findings)
}

/// The body in short: `section1(p(text))`.
fn show(blocks: &[Block]) -> String {
    blocks.iter().map(show_block).collect::<Vec<_>>().join(" ")
}

fn show_block(block: &Block) -> String {
    match block {
        Block::Section(s) => format!("section{}[{}]({})", s.level, s.topic, show(&s.blocks)),
        Block::Paragraph(p) => {
            let requirement = p.requirement.as_ref().map(|id| format!("#{}", id.value)).unwrap_or_default();
            format!("p{requirement}({})", show_text(&p.text))
        }
        Block::Plain(text) => format!("plain({})", show_text(text)),
        Block::List(l) => {
            let item = |item: &crate::document::Item| {
                let requirement = item.requirement.as_ref().map(|id| format!("#{}", id.value)).unwrap_or_default();
                format!("li{requirement}({})", show(&item.blocks))
            };
            format!("{}({})", if l.ordered { "ol" } else { "ul" }, l.items.iter().map(item).collect::<String>())
        }
        Block::Definitions(d) => {
            let item = |d: &crate::document::Definition| format!("{}:{};", show_text(&d.term), show(&d.meaning));
            format!("dl({})", d.items.iter().map(item).collect::<String>())
        }
        Block::Table(t) => {
            let cell = |cell: &crate::document::Cell| format!("|{}", show(&cell.blocks));
            let row = |row: &crate::document::Row| row.cells.iter().map(cell).collect::<String>();
            let rows: Vec<String> = t.rows.iter().map(row).collect();
            let id = t.id.as_ref().map(|id| format!("#{}", id.value)).unwrap_or_default();
            format!("table{id}{}({})", show_directives(&t.directives), rows.join("/"))
        }
        Block::Listing(l) => {
            let name = if l.kind == ListingKind::Example { "example" } else { "code" };
            let markup = if l.markup.is_empty() { String::new() } else { format!("={}", show_text(&l.markup)) };
            format!("{name}{}({:?}{markup})", show_directives(&l.directives), l.text)
        }
        Block::Quote(c) => format!("quote({})", show(&c.blocks)),
        Block::Division(c) => format!("div({})", show(&c.blocks)),
        Block::Vulnerability { text, .. } => format!("cve({})", show_text(text)),
        Block::Comment(text) => format!("<!--{text}-->"),
        Block::Instruction(target, text) => format!("<?{target} {text}?>"),
        Block::Unknown { name, blocks, .. } => format!("?{name}({})", show(blocks)),
    }
}

fn show_directives(directives: &crate::document::Directives) -> String {
    directives.iter().map(|(name, value)| format!("{{{name}={}}}", value.value)).collect()
}

fn show_text(text: &[Inline]) -> String {
    let one = |inline: &Inline| match inline {
        Inline::Text(text) => text.to_string(),
        Inline::Emphasis(text) => format!("em({})", show_text(text)),
        Inline::Strong(text) => format!("strong({})", show_text(text)),
        Inline::Code(text) => format!("tt({})", show_text(text)),
        Inline::Link { url, text } => format!("link[{url}]({})", show_text(text)),
        Inline::Note(text) => format!("note({})", show_text(text)),
        Inline::Break => "br()".into(),
        Inline::Image(attributes) => format!("img({})", attributes.len()),
        Inline::Element { name, text, .. } => format!("{name}({})", show_text(text)),
        Inline::Reference { name, expansion, .. } => format!("&{name};({})", show_text(expansion)),
        Inline::Comment(text) => format!("<!--{text}-->"),
        Inline::Instruction(target, text) => format!("<?{target} {text}?>"),
    };
    text.iter().map(one).collect()
}

fn check_with(content: &str, expected: &str, findings: &[&str]) {
    let (document, found) = read_text(&format!("{DOCTYPE}<xep>{content}</xep>"), Some(ENTS));
    assert_eq!(show(&document.body), expected, "{content}");
    assert_eq!(found, findings, "{content}");
}

fn check(content: &str, expected: &str) {
    check_with(content, expected, &[]);
}

#[test]
fn blocks_are_read() {
    check("<section1 topic='A'><p>a</p> <section2 topic='B'/></section1>", "section1[A](p(a) section2[B]())");
    check("<ul><li>a</li> <li><p>b</p><ol><li>c</li></ol></li></ul>", "ul(li(plain(a))li(p(b) ol(li(plain(c)))))");
    check("<dl><di><dt>a</dt><dd>b</dd></di><di><dt>c</dt><dd/></di></dl>", "dl(a:plain(b);c:;)");
    check("<table><tr><th>a</th><td><p>b</p></td></tr><tr><td/></tr></table>", "table(|plain(a)|p(b)/|)");
    check(
        "<div><p>a</p>b</div><blockquote>c</blockquote><cve id='1'>d</cve>",
        "div(p(a) plain(b)) quote(plain(c)) cve(d)",
    );
    check("<p>a<!--b--></p><!--c-->", "p(a<!--b-->) <!--c-->");
    check("<ul><!--a--><li>b</li><!--c--></ul>", "ul(li(<!--a--> plain(b) <!--c-->))");
}

#[test]
fn running_text_is_read() {
    check("<p>a <em>b</em><strong>c</strong><tt>d</tt><br/><img src='x'/></p>", "p(a em(b)strong(c)tt(d)br()img(1))");
    check(
        "<p><link url='u'>a</link><note>b<note>c</note></note><cite>d</cite></p>",
        "p(link[u](a)note(bnote(c))cite(d))",
    );
    check("<p>a&#38;&lt;&ns;<![CDATA[&ns;]]></p>", "p(a&<urn:x&ns;)");
}

#[test]
fn references_are_kept_with_what_they_stand_for() {
    let omemo = "span(link[u](OMEMO)) note(N <link[u](u)>.)";
    check("<p>a &xep0384;&xep0384; b</p>", &format!("p(a &xep0384;({omemo})&xep0384;({omemo}) b)"));
    check("<p>(&l;)<em>&l;</em> &IQ;</p>", "p((&l;(tt(<l/>)))em(&l;(tt(<l/>))) &IQ;(<iq/>))");
    check("&RULES;", &format!("p(&RULES;(See {omemo}.))"));
    check("<section1 topic='&IQ;'>&ex;</section1>", "section1[<iq/>](example(\"<e/>\"))");
    check_with("<p>&nope;</p>", "p(&nope;(&nope;))", &["undeclared-entity@&nope;"]);
}

#[test]
fn a_no_break_space_is_text() {
    check("<table><tr><td>&nbsp;</td></tr></table>", "table(|plain(&nbsp;(\u{a0})))");
}

#[test]
fn fragments_are_read() {
    let mut sources = Sources::default();
    let file = sources.add("a.md", "x <p>&ns; &xep0384;</p><ul><li></ul> y");
    let text = MappedText::verbatim(&sources, Span::new(file, 2, 36));
    let own = sources.add("ns", "urn:x");
    let value = MappedText::verbatim(&sources, sources.whole(own));
    let entities = [Entity { name: "ns".into(), value, span: sources.whole(own) }];
    let mut sink = Sink::default();
    let blocks = fragment(&text, &entities, None, &mut sink);
    assert!(
        show(&blocks).starts_with("p(urn:x &xep0384;(span(") && show(&blocks).ends_with("ul(li())"),
        "{}",
        show(&blocks)
    );
    let spans: Vec<&str> = sink.findings().iter().map(|finding| sources.slice(finding.span)).collect();
    assert_eq!(spans, ["<li>"]);
}

#[test]
fn listings_keep_their_text_as_written() {
    check("<example>\n<![CDATA[<a x=']]>&ns;<![CDATA['/>]]>&#10;</example>", "example(\"\\n<a x='urn:x'/>\\n\")");
    check("<code>a<em>b</em></code>", "code(\"ab\"=aem(b))");
    check("<p>a <code>b</code></p>", "p(a code(b))");
}

#[test]
fn directives_attach_to_what_follows() {
    check("<?example id='ex-a' kind=\"partial\"?>\n<example>a</example>", "example{id=ex-a}{kind=partial}(\"a\")");
    check("<?generated src='s.xsd'?><code/>", "code{src=s.xsd}(\"\")");
    check("<?table id='t'?><?generated src='e' columns='a b'?><table/>", "table#t{src=e}{columns=a b}()");
    check(
        "<?allow rule='r' because='it&apos;s &lt;b'?><example>a</example>",
        "<?allow rule='r' because='it&apos;s &lt;b'?> example{allow=r}{because=it's <b}(\"a\")",
    );
    check("<?allow rule='r'?><p>a</p>", "<?allow rule='r'?> p(a)");
    check("<?example id='x'?><p>a</p><?example id='y'?>", "<?example id='x'?> p(a) <?example id='y'?>");
    check("<p><?requirement id='req-a'?>b</p>", "p#req-a(b)");
    check("<ol><li> <?requirement id='req-a'?><p>b</p></li></ol>", "ol(li#req-a(p(b)))");
    check("<ul><li><?example id='x'?><example>a</example></li></ul>", "ul(li(example{id=x}(\"a\")))");
}

#[test]
fn what_does_not_belong_is_kept() {
    check("<foo><p>a</p></foo>loose", "?foo(p(a)) plain(loose)");
    check("<p>a<ul><li>b</li></ul>c</p>", "p(a) ul(li(plain(b))) p(c)");
    check("<table><tbody><tr><td>a</td></tr></tbody>x</table>", "table(|plain(a) plain(x))");
    check("<dl><dt>a</dt><dt>b</dt><dd>c</dd><dd>d</dd></dl>", "dl(a:;b:plain(c);:plain(d);)");
    check("<ul><li><b>a</b> c</li></ul>", "ul(li(plain(b(a) c)))");
    check(
        "<header><title>T</title><!--x--><author><foo>y</foo></author><title>U</title></header>",
        "<!--x--> ?foo(plain(y)) ?title(plain(U))",
    );
}

#[test]
fn headers_are_read() {
    let header = "<header><title> T </title><abstract>A</abstract>&LEGALNOTICE;<number>0001</number><status/><approver/>\
                  <dependencies><spec>X</spec></dependencies><tags><tag>t</tag></tags><interim/><?profiles ox?>&me;\
                  <revision><version>1</version><remark><p>r</p></remark></revision></header>";
    let (document, findings) = read_text(&format!("{DOCTYPE}<!--c--><xep>{header}</xep><!--d-->"), Some(ENTS));
    assert_eq!(findings, [""; 0]);
    assert_eq!(show(&document.body), "<!--c--> <!--d-->");
    let header = document.header;
    assert_eq!((header.title.as_str(), header.number.as_str(), header.abstract_.as_str()), ("T", "0001", "A"));
    assert_eq!((header.approvers.len(), header.dependencies.len(), header.tags.unwrap().len()), (1, 1, 1));
    assert!(header.interim && header.status.is_empty() && header.status.whole().is_some());
    assert_eq!(header.profiles.unwrap().as_str(), "ox");
    let Legal::Reference { entity, parts } = header.legal else { panic!() };
    assert_eq!((entity.as_str(), show_text(&parts.0[0].1)), ("LEGALNOTICE", "C © link[u](X)".into()));
    let me = &header.authors[0];
    assert_eq!((me.entity.as_deref(), me.first_name.as_str()), (Some("me"), "Me"));
    assert_eq!(show(&header.revisions[0].remark), "p(r)");
    assert_eq!(
        document.entities.iter().map(|e| e.value.as_str()).collect::<Vec<_>>()[..2],
        ["urn:x", "<tt>&lt;l/&gt;</tt>"]
    );
}

#[test]
fn a_lone_file_reads() {
    let text = format!(
        "{DOCTYPE}<xep><header>&LEGALNOTICE;&someone;</header><p>&xep0384; &xep9999; &CONFORMANCE; &rfc6120;</p></xep>"
    );
    let (document, findings) = read_text(&text, None);
    assert_eq!(findings, [""; 0]);
    assert_eq!(document.header.authors[0].entity.as_deref(), Some("someone"));
    assert!(
        matches!(&document.header.legal, Legal::Reference { entity, parts } if entity == "LEGALNOTICE" && parts.0.is_empty())
    );
    let body = show(&document.body);
    let omemo = "https://xmpp.org/extensions/xep-0384.html";
    let expected = format!(
        "&xep0384;(span(link[{omemo}](OMEMO Encryption (XEP-0384))) note(XEP-0384: OMEMO Encryption <link[{omemo}]({omemo})>.))"
    );
    assert!(body.contains(&expected), "{body}");
    assert!(body.contains("(XEP-9999)") && body.contains("RFC 6120: Extensible"), "{body}");
}

#[test]
fn one_fault_gives_one_finding_and_the_rest_is_read() {
    check_with("<p>a <b</p><p>c</p>", "p(a b()) p(c)", &["malformed-xml@<b"]);
    check_with("<p><tt>a</p><p>c</p>", "p(tt(a)) p(c)", &["malformed-xml@<tt>"]);
    check_with("<p>x:<x:a/><x:b/></p>", "p(x:x:a()x:b())", &["malformed-xml@x"]);
}

#[test]
fn what_is_no_xep_says_so() {
    for (text, findings) in
        [("", vec!["not-a-xep@"]), ("just text", vec!["not-a-xep@"]), ("<html><p>a</p></html>", vec!["not-a-xep@html"])]
    {
        let (_, mut found) = read_text(text, None);
        found.retain(|finding| !finding.starts_with("malformed-xml"));
        assert_eq!(found, findings, "{text}");
    }
}

/// Bounds hold, and time grows with the length of a text, not with its square.
#[test]
fn deep_and_long_documents_are_read() {
    let many = |piece: &str, times: usize| format!("{DOCTYPE}<xep>{}</xep>", piece.repeat(times));
    let names: String = (0..20_000).map(|at| format!("&a{at}b;")).collect();
    let laughs = "<!DOCTYPE xep [<!ENTITY a '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY b '&a;'>]><xep>&a;</xep>";
    for text in [
        many("<div>", 50_000),
        many("<ul><li>", 50_000),
        many("<p><note>", 50_000),
        many("<section1><table><tr><td>", 20_000),
        many("<a ", 20_000),
        many("<a b='", 20_000),
        many("&nope;", 50_000),
        many("<p>&xep0384;", 5_000),
        many("<?example id='", 20_000),
        many("<!--", 20_000),
        many("<![CDATA[", 20_000),
        many("</p>", 20_000),
        many(&names, 1),
        laughs.to_owned(),
    ] {
        let start = std::time::Instant::now();
        read_text(&text, Some(ENTS));
        let took = start.elapsed();
        assert!(took.as_secs() < 20, "{took:?} {}", &text[300..340]);
    }
}

proptest! {
    #[test]
    fn any_text_is_read(pieces in prop::collection::vec(prop::sample::select(vec![
        "<xep>", "</xep>", "<header>", "</header>", "<section1 topic='", "'>", "</section1>", "<p>", "</p>", "<ul>", "<li>", "</li>", "</ul>",
        "<example caption='a'>", "</example>", "<![CDATA[", "]]>", "&xep0384;", "&ns;", "&nope;", "&LEGALNOTICE;", "&me;", "<!--", "-->",
        "<?example id='x'?>", "<?requirement id='y'?>", "<?allow ", "?>", "text", " ", "<table><tr><td>", "</td></tr></table>", "ä=", "<dl><dt>",
        "<dd>", "<note>", "</note>", "<link url=\"", "\">", "<", "&", "<author>", "<revision><remark>", "&RULES;", "&ex;",
    ]), 0..60), doctype in any::<bool>()) {
        let text: String = pieces.concat();
        read_text(&text, None);
        let text = if doctype { format!("{DOCTYPE}{text}") } else { text };
        read_text(&text, Some(ENTS));
    }

    #[test]
    fn pseudo_attributes_of_any_text_are_read(text in "[a-b='\" &;ä]{0,20}") {
        let mut sources = Sources::default();
        let file = sources.add("a", text);
        super::directives::pseudo_attributes(&crate::source::MappedText::verbatim(&sources, sources.whole(file)));
    }
}
