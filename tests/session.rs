//! A session that is kept, and runs with a cache: whatever is edited, what they tell and write is what a fresh run does.
//!
//! The edits follow from a seed. There are few of them unless `XEP_TRIALS` names a number: `XEP_TRIALS=500`.
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use support::root;
use xep::report;
use xep::workspace::{Change, Disk, Extent, Memory, Options, Session, Silent, Snapshot, World, build, check};

struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// A XEP, each part of which can be another one.
#[derive(Clone)]
struct Xep {
    number: String,
    title: &'static str,
    status: &'static str,
    dependency: usize,
    supersedes: usize,
    anchor: &'static str,
    linked: (usize, &'static str),
    prose: &'static str,
    namespace: usize,
    element: &'static str,
    attribute: &'static str,
    uses: usize,
    child: &'static str,
    registers: usize,
    entity: &'static str,
    allow: &'static str,
    version: &'static str,
    end: &'static str,
    /// How many lines stand before its schema.
    lines: usize,
}

/// A namespace by number; that of XEP-0030 is described by the program itself.
fn name_of(number: usize) -> String {
    match number {
        30 => "http://jabber.org/protocol/disco#items".into(),
        _ => format!("urn:xmpp:s:{number}"),
    }
}

const TITLES: [&str; 3] = ["Case", "Another Case", "Cases &amp; More"];
const STATUSES: [&str; 4] = ["Experimental", "Stable", "Retracted", "Deferred"];
const ANCHORS: [&str; 3] = ["case", "more", "case"];
const PROSE: [&str; 4] = ["Nothing.", "It is recieved.", "Servers MUST do so.", "See XEP-0003 and 'urn:xmpp:s:2'."];
const ELEMENTS: [&str; 3] = ["query", "item", "other"];
const ATTRIBUTES: [&str; 3] = ["", " id='1'", " xid='1'"];
const ENTITIES: [&str; 3] = ["", "&xep0002;", "&nowhere;"];
const ALLOWS: [&str; 2] = ["", "<?allow rule='misspelt-word' because='it is quoted'?>"];
const ENDS: [&str; 3] = ["", "", "<p>"];

impl Xep {
    fn new(number: usize) -> Xep {
        Xep {
            number: format!("{number:04}"),
            title: TITLES[0],
            status: STATUSES[0],
            dependency: 0,
            supersedes: 0,
            anchor: ANCHORS[0],
            linked: (number % 6 + 1, "case"),
            prose: PROSE[0],
            namespace: number,
            element: ELEMENTS[0],
            attribute: "",
            uses: number % 6 + 1,
            child: ELEMENTS[0],
            registers: 0,
            entity: "",
            allow: "",
            version: "0.1",
            end: "",
            lines: 0,
        }
    }

    fn text(&self) -> String {
        let spec = |number: usize| match number {
            0 => String::new(),
            number => format!("<spec>XEP-{number:04}</spec>"),
        };
        let Xep { number, title, status, anchor, prose, namespace, element, uses, child, .. } = self;
        let Xep { attribute, entity, allow, version, end, .. } = self;
        let (namespace, uses, lines) = (name_of(*namespace), name_of(*uses), "\n".repeat(self.lines));
        let (dependency, supersedes, (to, id)) = (spec(self.dependency), spec(self.supersedes), self.linked);
        let registers = match self.registers {
            0 => String::new(),
            of => format!(
                "<section1 topic='Registrar Considerations' anchor='registrar'><section2 topic='Namespaces' anchor='ns'><p>urn:xmpp:s:{of}</p></section2></section1>"
            ),
        };
        format!(
            "<!DOCTYPE xep SYSTEM 'xep.dtd' [<!ENTITY % ents SYSTEM 'xep.ent'> %ents;]><xep><header><title>{title}</title><abstract>A case.</abstract>
<legal><copyright/><permissions/><warranty/><liability/><conformance/></legal>
<number>{number}</number><status>{status}</status><type>Standards Track</type><sig>Standards</sig><approver>Council</approver>
<dependencies>{dependency}</dependencies><supersedes>{supersedes}</supersedes><supersededby/><shortname>case</shortname>
<author><firstname>Ada</firstname><surname>Author</surname></author>
<revision><version>{version}</version><date>2026-09-14</date><initials>aa</initials><remark><p>First draft.</p></remark></revision>
</header><section1 topic='Case' anchor='{anchor}'>{allow}<p>{prose} <link url='https://xmpp.org/extensions/xep-{to:04}.html#{id}'>It</link>. {entity}</p>
<example caption='It asks'><![CDATA[<iq type='get' id='a' to='x.example'><{child} xmlns='{uses}'{attribute}/></iq>]]></example></section1>{registers}{lines}
<section1 topic='XML Schema' anchor='schema'><code><![CDATA[<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='{namespace}'
 xmlns='{namespace}' elementFormDefault='qualified'><xs:element name='{element}'><xs:complexType><xs:attribute name='id' type='xs:int'/></xs:complexType></xs:element></xs:schema>]]></code></section1>{end}</xep>"
        )
    }
}

/// The files of a checkout: a series, its inbox, an old copy, a draft with files of its own, what they share.
struct Checkout {
    xeps: BTreeMap<&'static str, Xep>,
    files: BTreeMap<&'static str, String>,
}

const PATHS: [&str; 9] = [
    "xep-0001.xml",
    "xep-0002.xml",
    "xep-0003.xml",
    "xep-0004.xml",
    "xep-0005.xml",
    "xep-0006.xml",
    "inbox/proposal.xml",
    "old/xep-0002.xml",
    "old/xep-0003.xml",
];

const ENT: [&str; 2] =
    ["<!ENTITY xep0002 '<link>XEP-0002</link>'>", "<!ENTITY xep0002 '<link>Two</link>'><!ENTITY nowhere 'here'>"];
const CONFIGURATIONS: [&str; 3] = ["", "[rules]\nmisspelt-word = 'off'\n", "exclude = ['old/**']\n"];
const DRAFTS: [&str; 2] = [
    "---\ntitle: A draft\n---\n\n## Case\n\nSee `urn:xmpp:s:1`.\n",
    "---\ntitle: Draft\n---\n\n## Case\n\nIt is recieved.\n",
];
const SCHEMAS: [&str; 2] =
    ["<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:xmpp:d:0'/>", "<none/>"];

impl Checkout {
    fn new() -> Checkout {
        let mut xeps = BTreeMap::new();
        for path in PATHS {
            let number = path.split("xep-").nth(1).and_then(|rest| rest[..4].parse().ok()).unwrap_or(6);
            let mut xep = Xep::new(number);
            if path.contains("inbox") {
                (xep.number, xep.namespace) = ("XXXX".into(), 7);
            }
            xeps.insert(path, xep);
        }
        let files = [
            ("xep.toml", CONFIGURATIONS[0]),
            ("xep.ent", ENT[0]),
            ("draft/draft.md", DRAFTS[0]),
            ("draft/schema.xsd", SCHEMAS[0]),
        ];
        Checkout { xeps, files: files.map(|(path, text)| (path, text.to_owned())).into_iter().collect() }
    }

    /// Makes one edit; answers of which kind it was, and the file with what it holds now, if it is still there.
    fn edit(&mut self, numbers: &mut Numbers) -> (&'static str, PathBuf, Option<String>) {
        let path = PATHS[numbers.below(PATHS.len())];
        let number = path.split("xep-").nth(1).and_then(|rest| rest[..4].parse().ok()).unwrap_or(6);
        let xep = self.xeps.entry(path).or_insert_with(|| Xep::new(number));
        let kind = match numbers.below(27) {
            0 => pick("title", &mut xep.title, &TITLES, numbers),
            1 => pick("status", &mut xep.status, &STATUSES, numbers),
            2 => pick("anchor", &mut xep.anchor, &ANCHORS, numbers),
            3 => pick("prose", &mut xep.prose, &PROSE, numbers),
            4 => pick("element of the schema", &mut xep.element, &ELEMENTS, numbers),
            5 => pick("attribute of the example", &mut xep.attribute, &ATTRIBUTES, numbers),
            6 => pick("element of the example", &mut xep.child, &ELEMENTS, numbers),
            7 => pick("entity", &mut xep.entity, &ENTITIES, numbers),
            8 => pick("allowance", &mut xep.allow, &ALLOWS, numbers),
            9 => pick("version", &mut xep.version, &["0.1", "1.0"], numbers),
            10 => pick("well-formedness", &mut xep.end, &ENDS, numbers),
            11 => pick("dependency", &mut xep.dependency, &[0, 1, 2, 9], numbers),
            12 => pick("supersedes", &mut xep.supersedes, &[0, 1, 2], numbers),
            13 => pick("link", &mut xep.linked, &[(1, "case"), (2, "more"), (3, "nothing"), (9, "case")], numbers),
            14 => pick("namespace of the schema", &mut xep.namespace, &[1, 2, 3, 8], numbers),
            15 => pick("namespace of the example", &mut xep.uses, &[1, 2, 3, 8, 9, 30], numbers),
            16 => pick("registered namespace", &mut xep.registers, &[0, 1, 8, 9], numbers),
            17 => {
                let number = [1, 2, 3, 4, 5, 6, 7, 30][numbers.below(8)];
                xep.number = format!("{number:04}");
                "number"
            }
            18 => {
                self.xeps.remove(path);
                return ("removed document", path.into(), None);
            }
            19 => return self.file("configuration", "xep.toml", &CONFIGURATIONS, numbers),
            20 => return self.file("shared entities", "xep.ent", &ENT, numbers),
            21 => return self.file("draft", "draft/draft.md", &DRAFTS, numbers),
            22 => return self.file("schema beside the draft", "draft/schema.xsd", &SCHEMAS, numbers),
            23 => pick("lines before the schema", &mut xep.lines, &[0, 1, 4], numbers),
            24 => {
                let other = self.xeps.values().nth(numbers.below(self.xeps.len())).cloned();
                self.xeps.insert(path, other.unwrap_or_else(|| Xep::new(number)));
                "another document's text"
            }
            25 => match self.files.remove("old/xep.ent") {
                Some(_) => return ("entities of a folder", "old/xep.ent".into(), None),
                None => return self.file("entities of a folder", "old/xep.ent", &ENT, numbers),
            },
            _ => match self.files.remove("xep.dtd") {
                Some(_) => return ("grammar", "xep.dtd".into(), None),
                None => return self.file("grammar", "xep.dtd", &["<!ELEMENT xep ANY><!ELEMENT p (#PCDATA)>"], numbers),
            },
        };
        let text = self.xeps.get(path).map(Xep::text);
        (kind, path.into(), text)
    }

    fn file(
        &mut self,
        kind: &'static str,
        path: &'static str,
        all: &[&str],
        numbers: &mut Numbers,
    ) -> (&'static str, PathBuf, Option<String>) {
        let text = all[numbers.below(all.len())].to_owned();
        self.files.insert(path, text.clone());
        (kind, path.into(), Some(text))
    }

    /// All files with what they hold.
    fn texts(&self) -> BTreeMap<PathBuf, String> {
        let xeps = self.xeps.iter().map(|(path, xep)| (PathBuf::from(path), xep.text()));
        xeps.chain(self.files.iter().map(|(path, text)| (path.into(), text.clone()))).collect()
    }
}

fn pick<T: Copy>(kind: &'static str, place: &mut T, all: &[T], numbers: &mut Numbers) -> &'static str {
    *place = all[numbers.below(all.len())];
    kind
}

fn trials() -> usize {
    std::env::var("XEP_TRIALS").ok().and_then(|number| number.parse().ok()).unwrap_or(60)
}

fn json(snapshot: &Snapshot) -> String {
    report::json(&snapshot.report(), &snapshot.sources)
}

/// A site as it is on disk.
fn site(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = Disk.files_below(folder).unwrap().into_iter();
    files.map(|file| (file.strip_prefix(folder).unwrap().to_owned(), std::fs::read(&file).unwrap())).collect()
}

/// Of two sites, the first file that differs.
fn difference(one: &BTreeMap<PathBuf, Vec<u8>>, other: &BTreeMap<PathBuf, Vec<u8>>) -> Option<PathBuf> {
    one.keys().chain(other.keys()).find(|name| one.get(*name) != other.get(*name)).cloned()
}

/// Where a checkout lies on disk, with the sites that are built of it.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let folder = root().join("target/tests/session").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("checkout")).unwrap();
        Place(folder)
    }

    fn checkout(&self) -> PathBuf {
        self.0.join("checkout")
    }

    fn put(&self, path: &Path, text: Option<&str>) {
        let path = self.checkout().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        match text {
            Some(text) => std::fs::write(path, text).unwrap(),
            None => std::fs::remove_file(path).unwrap_or_default(),
        }
    }

    /// How a run goes whose site is called so.
    fn options(&self, site: &str, cache: bool) -> Options {
        let cache_folder = cache.then(|| self.0.join("cache"));
        Options { cache, cache_folder, out: Some(self.0.join(site)), ..Options::fresh(Extent::Full) }
    }

    /// A run of its own: its findings and its site.
    fn run(&self, paths: &[PathBuf], name: &str, cache: bool) -> Result<(String, BTreeMap<PathBuf, Vec<u8>>), String> {
        let checked = check(&Disk, paths, self.options(name, cache), &Silent).map_err(|failure| failure.to_string())?;
        build(&Disk, &checked, &self.0.join(name)).unwrap();
        Ok((json(&checked), site(&self.0.join(name))))
    }
}

/// A kept session is told of half of the edits, and finds the other half on the disk.
#[test]
fn kept_and_cached_equal_fresh_whatever_is_edited() {
    let place = Place::new("edits");
    let mut checkout = Checkout::new();
    let texts = checkout.texts();
    texts.iter().for_each(|(path, text)| place.put(path, Some(text)));
    let paths = [place.checkout()];
    let mut kept = Session::open(&Disk, &paths, place.options("kept", false)).unwrap().stay();
    let mut numbers = Numbers(20_261_201);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut recalled = 0;
    for trial in 0..trials() {
        let (kind, path, text) = checkout.edit(&mut numbers);
        *kinds.entry(kind).or_default() += 1;
        if let (true, Some(text)) = (trial % 2 == 0, &text) {
            kept.apply(Change { path: place.checkout().join(&path), text: Some(text.clone()) });
            let snapshot = kept.snapshot(&Silent);
            let told = snapshot.map(|snapshot| json(&snapshot)).map_err(|failure| failure.to_string());
            place.put(&path, Some(text));
            let fresh = check(&Disk, &paths, place.options("unused", false), &Silent);
            let fresh = fresh.map(|checked| json(&checked)).map_err(|failure| failure.to_string());
            assert_eq!(told, fresh, "trial {trial}, {kind} of {}, not stored", path.display());
            kept.apply(Change { path: place.checkout().join(&path), text: None });
        }
        place.put(&path, text.as_deref());
        let _ = std::fs::remove_dir_all(place.0.join("fresh"));
        let fresh = place.run(&paths, "fresh", false);
        let warm = place.run(&paths, "warm", true);
        let snapshot = kept.snapshot(&Silent).map_err(|failure| failure.to_string());
        let snapshot = snapshot.map(|snapshot| {
            build(&Disk, &snapshot, &place.0.join("kept")).unwrap();
            recalled += snapshot.documents.len() - snapshot.examined().count();
            (json(&snapshot), site(&place.0.join("kept")))
        });
        let about = format!("trial {trial}, {kind} of {}", path.display());
        for (name, other) in [("with a cache", &warm), ("in a kept session", &snapshot)] {
            match (&fresh, other) {
                (Ok((fresh, fresh_site)), Ok((told, other_site))) => {
                    assert_eq!(told, fresh, "{about}, {name}");
                    // Pages of documents that are gone stay in a site.
                    let there: BTreeMap<_, _> =
                        other_site.clone().into_iter().filter(|(file, _)| fresh_site.contains_key(file)).collect();
                    assert_eq!(difference(&there, fresh_site), None, "{about}, {name}");
                }
                (Err(fresh), Err(other)) => assert_eq!(fresh, other, "{about}, {name}"),
                _ => assert!(fresh.is_ok() == other.is_ok(), "{about}, {name}: {fresh:?} {other:?}"),
            }
        }
    }
    assert!(trials() < 500 || kinds.len() >= 20, "{kinds:?}");
    assert!(recalled > trials(), "a kept session examines only what an edit concerns: {recalled} were known");
}

/// What a document is told does not depend on what else is named.
#[test]
fn the_series_of_a_document_follows_from_its_place() {
    let other = |path: &str| Xep { namespace: 8, ..Xep::new(path.len() % 5 + 1) }.text();
    let mut memory = Memory::default();
    for (path, text) in Checkout::new().texts() {
        for folder in ["a", "b"] {
            let is_changed = folder == "b" && path.ends_with("xep-0002.xml");
            let text = if is_changed { other("xep-0002.xml") } else { text.clone() };
            memory = memory.with(&format!("{folder}/{}", path.display()), text);
        }
    }
    let told = |paths: &[&str]| -> BTreeMap<String, Vec<String>> {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let checked = check(&memory, &paths, Options::fresh(Extent::Full), &Silent).unwrap();
        let findings = |run: &xep::workspace::Run| {
            run.judged()
                .into_iter()
                .map(|one| format!("{} {:?}", one.finding.message, one.finding.span.start))
                .collect()
        };
        checked.documents.iter().map(|run| (run.path.clone(), findings(run))).collect()
    };
    let together = told(&["a", "b"]);
    assert!(together.values().any(|all| !all.is_empty()), "there is something to tell");
    for (path, findings) in &together {
        assert_eq!(told(&[path]).get(path), Some(findings), "{path} alone");
    }
    for folder in ["a", "b", "a/old", "b/inbox"] {
        for (path, findings) in told(&[folder]) {
            assert_eq!(together.get(&path), Some(&findings), "{path} of {folder}");
        }
    }
}
