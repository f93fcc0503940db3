//! How time grows with the input: each dimension of a document is doubled, and the exponent is printed. Linear is 1.
//!
//!     cargo bench --bench growth [-- WORD]
//!
//! With a word, only the dimensions whose names hold it. Ends with exit code 1 where an exponent is above the limit.
#![expect(clippy::print_stdout, reason = "it prints a table")]

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use xep::workspace::{Extent, Memory, Options, Silent, check};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The largest exponent that counts as linear: caches that are too small for the larger input cost a tenth.
const LIMIT: f64 = 1.2;

/// How long the smaller input takes at least, so that what does not grow is not measured.
const SHORTEST: Duration = Duration::from_millis(60);

/// How often each size is run; the fastest counts.
const RUNS: usize = 5;

/// A dimension: its name, the size to begin with, and the files of a size.
struct Dimension(&'static str, usize, fn(usize) -> Memory);

const DIMENSIONS: [Dimension; 26] = [
    Dimension("sections", 200, |n| {
        one(&each(n, |i| format!("<section1 topic='Part {i}' anchor='s{i}'><p>Text.</p></section1>")))
    }),
    Dimension("paragraphs", 1000, |n| {
        section(&each(n, |i| format!("<p>The client sends the request number {i} to the server.</p>")))
    }),
    Dimension("words of a paragraph", 2000, |n| {
        section(&format!("<p>{}</p>", each(n, |i| format!("the client {i} "))))
    }),
    Dimension("links within the document", 1000, |n| {
        let links = each(n, |i| format!("<p>See <link url='#s{i}'>there</link>.</p>"));
        one(&each(n, |i| format!("<section1 topic='Part {i}' anchor='s{i}'><p>Text.</p></section1>")).replacen(
            "<p>",
            &(links + "<p>"),
            1,
        ))
    }),
    Dimension("links to other XEPs", 1000, |n| {
        section(&each(n, |i| {
            format!("<p>See <link url='https://xmpp.org/extensions/xep-{:04}.html#s{i}'>it</link>.</p>", i % 400 + 1)
        }))
    }),
    Dimension("table rows", 1000, |n| {
        section(&format!("<table>{}</table>", each(n, |i| format!("<tr><td>a{i}</td><td>b</td></tr>"))))
    }),
    Dimension("definitions", 1000, |n| {
        section(&format!("<dl>{}</dl>", each(n, |i| format!("<di><dt>a{i}</dt><dd>b</dd></di>"))))
    }),
    Dimension("notes", 500, |n| section(&each(n, |i| format!("<p>Text<note>Note {i}.</note>.</p>")))),
    Dimension("requirements", 500, |n| {
        section(&each(n, |i| format!("<p>A client MUST send the element number {i} to the service.</p>")))
    }),
    Dimension("misspellings on one line", 500, |n| {
        section(&format!("<p>{}</p>", each(n, |_| "recieve the adress ".into())))
    }),
    Dimension("misspellings on lines", 500, |n| section(&each(n, |_| "<p>They recieve the adress.</p>\n".into()))),
    Dimension("references to entities", 1000, |n| {
        section(&each(n, |_| "<p>As &xep0030; and &xep0004; say.</p>".into()))
    }),
    Dimension("revisions", 500, |n| {
        whole(
            &each(n, |i| {
                format!(
                    "<revision><version>0.{i}</version><date>2026-09-14</date><initials>aa</initials><remark>Change {i}.</remark></revision>"
                )
            }),
            "",
            "<section1 topic='A' anchor='a'><p>Text.</p></section1>",
        )
    }),
    Dimension("dependencies", 300, |n| {
        whole(
            "",
            &each(n, |i| format!("<spec>XEP-{:04}</spec>", i % 500 + 1)),
            "<section1 topic='A' anchor='a'><p>Text.</p></section1>",
        )
    }),
    Dimension("examples", 200, |n| {
        section(&each(n, |i| {
            example(&format!(
                "<message from='romeo@montague.example/orchard' to='juliet@capulet.example' id='m{i}' type='chat'><body>Hello {i}</body></message>"
            ))
        }))
    }),
    Dimension("requests and answers", 100, |n| {
        section(&each(n, |i| {
            let ask = format!(
                "<iq from='romeo@montague.example/orchard' to='juliet@capulet.example/balcony' id='q{i}' type='get'><query xmlns='jabber:iq:version'/></iq>"
            );
            let answer = format!(
                "<iq from='juliet@capulet.example/balcony' to='romeo@montague.example/orchard' id='q{i}' type='result'><query xmlns='jabber:iq:version'><name>a</name></query></iq>"
            );
            example(&ask) + &example(&answer)
        }))
    }),
    Dimension("elements of an example", 16_000, |n| {
        section(&example(&format!(
            "<x xmlns='urn:example:x'>{}</x>",
            each(n, |i| format!("<item id='i{i}'><v>a</v></item>"))
        )))
    }),
    Dimension("names of an example", 500, |n| {
        section(&example(&format!("<x xmlns='urn:example:x'>{}</x>", each(n, |i| format!("<item{i} a{i}='b'/>")))))
    }),
    Dimension("namespaces of an example", 500, |n| {
        section(&example(&format!(
            "<x xmlns='urn:example:x'>{}</x>",
            each(n, |i| format!("<y xmlns='urn:example:y:{i}'/>"))
        )))
    }),
    Dimension("fields of a form", 500, |n| {
        section(&example(&format!(
            "<x xmlns='jabber:x:data' type='form'>{}</x>",
            each(n, |i| format!("<field var='f{i}' type='text-single'/>"))
        )))
    }),
    Dimension("broken examples", 100, |n| {
        section(&each(n, |i| example(&format!("<message id='m{i}'><body>Hello</message>"))))
    }),
    Dimension("elements of a schema", 300, |n| {
        section(&schema("urn:example:x", &each(n, |i| format!("<xs:element name='e{i}' type='xs:string'/>"))))
    }),
    Dimension("enumerations of a schema", 500, |n| {
        section(&schema(
            "urn:example:x",
            &format!(
                "<xs:simpleType name='t'><xs:restriction base='xs:NCName'>{}</xs:restriction></xs:simpleType>",
                each(n, |i| format!("<xs:enumeration value='v{i}'/>"))
            ),
        ))
    }),
    Dimension("schemas", 20, |n| {
        section(&each(n, |i| {
            schema(&format!("urn:example:x:{i}"), "<xs:element name='e' type='xs:string'/>")
                + &example(&format!("<e xmlns='urn:example:x:{i}'>a</e>"))
        }))
    }),
    Dimension("documents that use each other", 50, |n| series(n, |i| format!("urn:example:x:{}", (i + 1) % n.max(1)))),
    Dimension("documents that use the same", 50, |n| series(n, |_| "urn:example:shared".into())),
];

fn each(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

fn example(text: &str) -> String {
    format!("<example caption='Case'><![CDATA[{text}]]></example>\n")
}

fn schema(namespace: &str, components: &str) -> String {
    format!(
        "<code><![CDATA[<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='{namespace}' xmlns='{namespace}' \
         elementFormDefault='qualified'>{components}</xs:schema>]]></code>\n"
    )
}

fn text(number: &str, revisions: &str, dependencies: &str, body: &str) -> String {
    let mut text = String::new();
    let _ = write!(
        text,
        "<xep><header><title>Case {number}</title><abstract>A case.</abstract>
<legal><copyright/><permissions/><warranty/><liability/><conformance/></legal>
<number>{number}</number><status>Experimental</status><type>Standards Track</type><sig>Standards</sig><approver>Council</approver>
<dependencies>{dependencies}</dependencies><supersedes/><supersededby/><shortname>case</shortname>
<author><firstname>Ada</firstname><surname>Author</surname></author>{revisions}
<revision><version>0.1</version><date>2026-09-14</date><initials>aa</initials><remark>First draft.</remark></revision>
</header>{body}</xep>"
    );
    text
}

fn whole(revisions: &str, dependencies: &str, body: &str) -> Memory {
    Memory::default().with("s/xep-0500.xml", text("0500", revisions, dependencies, body))
}

fn one(body: &str) -> Memory {
    whole("", "", body)
}

fn section(body: &str) -> Memory {
    one(&format!("<section1 topic='Case' anchor='case'>{body}</section1>"))
}

/// Documents that each describe a namespace and use another one.
fn series(count: usize, used: impl Fn(usize) -> String) -> Memory {
    (0..count).fold(Memory::default(), |memory, at| {
        let own = schema(&format!("urn:example:x:{at}"), "<xs:element name='e' type='xs:string'/>");
        let uses = example(&format!("<e xmlns='{}'>a</e>", used(at)));
        let body = format!("<section1 topic='Case' anchor='case'>{own}{uses}</section1>");
        let number = format!("{:04}", at + 1);
        memory.with(&format!("s/xep-{number}.xml"), text(&number, "", "", &body))
    })
}

fn time(world: &Memory) -> Duration {
    let run = || {
        let begun = Instant::now();
        let checked =
            check(world, &[PathBuf::from("s")], Options::fresh(Extent::Full), &Silent).expect("it can be read");
        std::hint::black_box(checked.report());
        begun.elapsed()
    };
    (0..RUNS).map(|_| run()).min().unwrap_or_default()
}

fn main() {
    let word = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    println!("{:<32} {:>8} {:>10} {:>10}  exponent", "dimension", "size", "one", "double");
    let mut is_fine = true;
    for Dimension(name, first, files) in DIMENSIONS.iter().filter(|dimension| dimension.0.contains(&word)) {
        let mut size = *first;
        let mut one = time(&files(size));
        while one < SHORTEST && size < first * 32 {
            size *= 2;
            one = time(&files(size));
        }
        let double = time(&files(size * 2));
        let exponent = (double.as_secs_f64() / one.as_secs_f64()).log2();
        let mark = if exponent > LIMIT { "  too much" } else { "" };
        is_fine &= exponent <= LIMIT;
        let milliseconds = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
        println!("{name:<32} {size:>8} {:>10} {:>10}  {exponent:.2}{mark}", milliseconds(one), milliseconds(double));
    }
    if !is_fine {
        println!("above {LIMIT}");
        std::process::exit(1);
    }
}
