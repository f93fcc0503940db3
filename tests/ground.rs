//! Hostile ground: runs that are killed, links that were planted, caches that are damaged and files that change behind one's back.
//!
//! The trials follow from a seed. There are few of them unless `XEP_TRIALS` names a number: `XEP_TRIALS=200`.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use support::root;

/// The files below a folder, by their paths in it.
type Tree = BTreeMap<PathBuf, Vec<u8>>;

fn trials() -> usize {
    std::env::var("XEP_TRIALS").ok().and_then(|number| number.parse().ok()).unwrap_or(10)
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// A folder for a test, empty at first.
struct Ground(PathBuf);

impl Ground {
    fn new(name: &str) -> Ground {
        let folder = root().join("target/tests/ground").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("elsewhere")).unwrap();
        std::fs::write(folder.join("elsewhere/file"), "mine").unwrap();
        std::fs::write(folder.join("xep.toml"), "").unwrap();
        Ground(folder)
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    fn write(&self, path: &str, text: &str) {
        std::fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
        std::fs::write(self.at(path), text).unwrap();
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xep"));
        command.args(words).current_dir(&self.0).env("XDG_CACHE_HOME", self.at("caches"));
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Starts a run and kills it after a while. Answers whether it was still running.
    fn kill(&self, words: &[&str], after: Duration) -> bool {
        let mut run = self.command(words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(after);
        let is_running = run.try_wait().unwrap().is_none();
        run.kill().unwrap();
        run.wait().unwrap();
        is_running
    }

    /// Runs something that may not happen because of a link.
    fn refused(&self, words: &[&str], link: &str) {
        let output = self.run(words);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
        assert!(said.contains(&format!("{link}` is a symbolic link")), "{words:?}: {said}");
        assert_eq!(tree(&self.at("elsewhere")), Tree::from([("file".into(), b"mine".to_vec())]), "{words:?}");
    }
}

/// What lies below a folder, hidden files included.
fn tree(folder: &Path) -> Tree {
    let files =
        walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok).filter(|file| !file.file_type().is_dir());
    files.map(|file| (file.path().strip_prefix(folder).unwrap().into(), std::fs::read(file.path()).unwrap())).collect()
}

fn is_temporary(path: &Path) -> bool {
    path.file_name().unwrap().to_string_lossy().starts_with(".xep-")
}

fn xep(number: usize, text: &str) -> String {
    format!(
        "<xep><header><title>Number {number}</title><abstract>A case.</abstract>
<legal><copyright/><permissions/><warranty/><liability/><conformance/></legal>
<number>{number:04}</number><status>Experimental</status><type>Standards Track</type><sig>Standards</sig>
<dependencies/><supersedes/><supersededby/><shortname>case</shortname>
<author><firstname>Ada</firstname><surname>Author</surname></author>
<revision><version>0.1</version><date>2026-09-14</date><initials>aa</initials><remark>First draft.</remark></revision>
</header><section1 topic='Case' anchor='case'><p>{text}</p>
<example caption='A'><![CDATA[<message to='a@b.example'><body>{text}</body></message>]]></example>
</section1></xep>"
    )
}

fn series(ground: &Ground, text: &str) {
    for number in 1..=8 {
        ground.write(&format!("s/xep-{number:04}.xml"), &xep(number, &format!("{text} &nowhere; {number}")));
    }
}

const DRAFT: &str = "---\ntitle: Small\nabstract: Small.\nprofiles: openpgp\n---\n\n# Text\n\n\
    ```{.xml .example #ex-a caption=\"One\"}\n\
    <message from='juliet@capulet.example/balcony' to='romeo@montague.example/orchard' type='chat' id='a1'>\
    <body>TEXT</body></message>\n```\n\n\
    ```{.xml .example #ex-NAME seal=\"#ex-a\" profile=openpgp caption=\"Two\"}\n```\n";

/// A draft with the cast of ours, whose examples are really sealed.
fn draft(ground: &Ground, text: &str, name: &str) {
    let (from, to) = (root().join("spec/xep-sce"), ground.at("spec/small"));
    std::fs::create_dir_all(to.join("keys")).unwrap();
    std::fs::copy(from.join("cast.toml"), to.join("cast.toml")).unwrap();
    for key in std::fs::read_dir(from.join("keys")).unwrap().map(Result::unwrap) {
        std::fs::copy(key.path(), to.join("keys").join(key.file_name())).unwrap();
    }
    ground.write("spec/small/draft.md", &DRAFT.replace("TEXT", text).replace("NAME", name));
}

fn timed(run: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    run();
    begin.elapsed()
}

/// A moment between the start of a run and a bit after its end.
fn moment(numbers: &mut Numbers, whole: Duration) -> Duration {
    whole.mul_f64(numbers.below(1100) as f64 / 1000.0)
}

#[test]
fn a_build_that_is_killed_leaves_whole_files_and_the_next_one_cleans_up() {
    let ground = Ground::new("build");
    let words = ["build", "s", "--out", "site", "--cache-dir", "cache"];
    let states = ["One state", "Another state, which is longer"].map(|text| {
        series(&ground, text);
        ground.run(&["build", "s", "--out", "fresh", "--no-cache"]);
        (text, tree(&ground.at("fresh")))
    });
    let whole = timed(|| _ = ground.run(&words));
    let (mut numbers, mut killed, mut left) = (Numbers(1), 0, 0);
    for trial in 0..trials() {
        let [(_, before), (text, after)] = [&states[(trial + 1) % 2], &states[trial % 2]];
        // Where the folder is new, there are more moments at which a file is not yet there.
        if trial % 3 == 0 {
            let _ = std::fs::remove_dir_all(ground.at("site"));
        }
        series(&ground, text);
        killed += usize::from(ground.kill(&words, moment(&mut numbers, whole)));
        for (path, bytes) in tree(&ground.at("site")) {
            left += usize::from(is_temporary(&path));
            let is_whole = [before, after].iter().any(|state| state.get(&path) == Some(&bytes));
            assert!(is_whole || is_temporary(&path), "trial {trial}: {} is half written", path.display());
        }
        ground.run(&words);
        assert!(tree(&ground.at("site")) == *after, "trial {trial}: the site is not as a fresh one");
    }
    support::say(&format!("{killed} builds killed, {left} temporary files left and removed"));
    assert!(killed > 0);
}

#[test]
fn examples_that_are_killed_leave_whole_files_and_the_next_run_cleans_up() {
    let ground = Ground::new("examples");
    let states = [("One", "b"), ("Another text", "c")];
    let names = states.map(|(text, name)| {
        draft(&ground, text, name);
        ground.run(&["examples"]);
        tree(&ground.at("examples")).into_keys().collect::<Vec<_>>()
    });
    draft(&ground, states[0].0, states[0].1);
    let whole = timed(|| _ = ground.run(&["examples"]));
    let (mut numbers, mut killed) = (Numbers(2), 0);
    for trial in 1..=trials() {
        let (text, name) = states[trial % 2];
        draft(&ground, text, name);
        killed += usize::from(ground.kill(&["examples"], moment(&mut numbers, whole)));
        for (path, bytes) in tree(&ground.at("examples")).iter().filter(|(path, _)| !is_temporary(path)) {
            let is_whole = match path.extension().and_then(|extension| extension.to_str()) {
                Some("json") => serde_json::from_slice::<serde_json::Value>(bytes).is_ok(),
                Some("xml") => bytes.trim_ascii_end().ends_with(b"</message>"),
                _ => bytes.trim_ascii_end().ends_with(b"-----"),
            };
            assert!(is_whole, "trial {trial}: {} is half written", path.display());
        }
        assert_ne!(ground.run(&["examples", "--check"]).status.code(), Some(2), "trial {trial}");
        ground.run(&["examples"]);
        let found: Vec<PathBuf> = tree(&ground.at("examples")).into_keys().collect();
        assert_eq!(found, names[trial % 2], "trial {trial}");
        assert_eq!(ground.run(&["examples", "--check"]).status.code(), Some(0), "trial {trial}");
    }
    support::say(&format!("{killed} runs of `xep examples` killed"));
    assert!(killed > 0);
}

#[test]
fn fixes_that_are_killed_leave_whole_files_and_the_next_run_cleans_up() {
    let ground = Ground::new("fix");
    let words = ["check", "s", "--fix", "--no-cache"];
    series(&ground, "A text");
    let before = tree(&ground.at("s"));
    let whole = timed(|| _ = ground.run(&words));
    let after = tree(&ground.at("s"));
    assert!(before.iter().all(|(path, bytes)| after.get(path) != Some(bytes)), "each file is fixed");
    let (mut numbers, mut killed, mut between) = (Numbers(3), 0, 0);
    for trial in 0..trials() {
        series(&ground, "A text");
        killed += usize::from(ground.kill(&words, moment(&mut numbers, whole)));
        let now = tree(&ground.at("s"));
        for (path, bytes) in now.iter().filter(|(path, _)| !is_temporary(path)) {
            let is_whole = [&before, &after].iter().any(|state| state.get(path) == Some(bytes));
            assert!(is_whole, "trial {trial}: {} is half written", path.display());
        }
        between += usize::from(now != before && now != after);
        // A run that has nothing to fix writes nothing, so it looks for nothing that was left either.
        series(&ground, "A text");
        ground.run(&words);
        assert!(tree(&ground.at("s")) == after, "trial {trial}");
    }
    support::say(&format!("{killed} fixes killed, {between} of them while files were written"));
    assert!(killed > 0);
}

#[test]
fn links_in_a_site_are_refused() {
    let ground = Ground::new("site-links");
    series(&ground, "Text");
    let plants = [("xep-0001.html", "file"), ("index.html", "file"), ("assets", ""), ("refs", ""), ("new.html", "no")];
    for (name, target) in &plants[..4] {
        let out = format!("site-{name}");
        std::fs::create_dir_all(ground.at(&out)).unwrap();
        symlink(ground.at("elsewhere").join(target), ground.at(&out).join(name)).unwrap();
        ground.refused(&["build", "s", "--out", &out, "--no-cache"], name);
    }
    // The folder that was named may be a link itself; one that nobody named may not.
    std::fs::create_dir_all(ground.at("real")).unwrap();
    symlink(ground.at("real"), ground.at("named")).unwrap();
    assert_eq!(ground.run(&["build", "s", "--out", "named", "--no-cache"]).status.code(), Some(1));
    assert!(ground.at("real/index.html").exists());
    std::fs::create_dir_all(ground.at("target")).unwrap();
    symlink(ground.at("elsewhere"), ground.at("target/site")).unwrap();
    ground.refused(&["build", "s", "--no-cache"], "target/site");
}

#[test]
fn links_beside_a_draft_are_refused() {
    let ground = Ground::new("draft-links");
    draft(&ground, "Text", "b");
    symlink(ground.at("elsewhere"), ground.at("examples")).unwrap();
    ground.refused(&["examples"], "examples");
    std::fs::remove_file(ground.at("examples")).unwrap();
    for (link, target) in [("examples/small", ""), ("examples/small/sealed", ""), ("examples/small/index.json", "file")]
    {
        let _ = std::fs::remove_dir_all(ground.at("examples"));
        std::fs::create_dir_all(ground.at(link).parent().unwrap()).unwrap();
        symlink(ground.at("elsewhere").join(target), ground.at(link)).unwrap();
        // What cannot be read as an index is told before anything is written.
        match link.ends_with("json") {
            true => assert_eq!(ground.run(&["examples"]).status.code(), Some(2)),
            false => ground.refused(&["examples"], link),
        }
    }
    let document = xep(1, "Text");
    ground.write("apart/xep-0001.xml", &document);
    std::fs::create_dir_all(ground.at("s")).unwrap();
    symlink(ground.at("apart/xep-0001.xml"), ground.at("s/xep-0001.xml")).unwrap();
    ground.refused(&["check", "s/xep-0001.xml", "--fix", "--no-cache"], "s/xep-0001.xml");
    assert_eq!(std::fs::read_to_string(ground.at("apart/xep-0001.xml")).unwrap(), document);
    symlink(ground.at("elsewhere/file"), ground.at("out.md")).unwrap();
    ground.refused(&["convert", "apart/xep-0001.xml", "--out", "out.md"], "out.md");
    ground.refused(&["check", "apart", "--no-cache", "--write-baseline", "out.md"], "out.md");
}

#[test]
fn links_with_the_names_of_temporary_files_are_not_opened() {
    let ground = Ground::new("temporary-links");
    series(&ground, "Text");
    std::fs::create_dir_all(ground.at("site")).unwrap();
    // The names of earlier versions: `.name.PID.tmp`.
    let next = std::process::id();
    for number in next..next + 2000 {
        symlink(ground.at("elsewhere/file"), ground.at("site").join(format!(".index.html.{number}.tmp"))).unwrap();
    }
    ground.run(&["build", "s", "--out", "site", "--no-cache"]);
    assert!(ground.at("site/index.html").exists());
    assert_eq!(std::fs::read(ground.at("elsewhere/file")).unwrap(), b"mine");
}

#[test]
fn links_in_the_cache_are_refused() {
    let ground = Ground::new("cache-links");
    series(&ground, "Text");
    let words = ["check", "s", "--format", "json", "--cache-dir", "cache"];
    ground.run(&words);
    for name in tree(&ground.at("cache")).into_keys() {
        let (file, name) = (ground.at("cache").join(&name), name.to_string_lossy().into_owned());
        let bytes = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        symlink(ground.at("elsewhere/file"), &file).unwrap();
        ground.refused(&words, &format!("cache/{name}"));
        std::fs::remove_file(&file).unwrap();
        std::fs::write(&file, bytes).unwrap();
    }
    assert_eq!(ground.run(&words).status.code(), Some(1));
    std::fs::create_dir_all(ground.at("caches")).unwrap();
    symlink(ground.at("elsewhere"), ground.at("caches/xep")).unwrap();
    ground.refused(&["check", "s"], "caches/xep");
}

/// What comes of a series with the cache and without it: the findings, and the files of a site.
fn both(ground: &Ground) -> [(Vec<u8>, Tree); 2] {
    let one = |out: &str, cache: &[&str]| {
        let check = ground.run(&[&["check", "s", "--format", "json"], cache].concat());
        let build = ground.run(&[&["build", "s", "--format", "json", "--out", out], cache].concat());
        assert_eq!(check.stdout, build.stdout);
        (check.stdout, tree(&ground.at(out)))
    };
    let cached = one("site", &["--cache-dir", "cache"]);
    let _ = std::fs::remove_dir_all(ground.at("fresh"));
    [cached, one("fresh", &["--no-cache"])]
}

/// Changes a byte of a file, and leaves its size and its time as they were.
fn quietly(path: &Path, numbers: &mut Numbers) {
    let time = std::fs::metadata(path).unwrap().modified().unwrap();
    let mut text = std::fs::read(path).unwrap();
    let begin = text.windows(3).position(|part| part == b"<p>").unwrap() + 3;
    text[begin + numbers.below(4)] = b'a' + numbers.below(26) as u8;
    std::fs::write(path, text).unwrap();
    std::fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

fn edit(ground: &Ground, numbers: &mut Numbers) {
    let name = |number: usize| format!("s/xep-{:04}.xml", number + 1);
    let (one, other) = (numbers.below(8), numbers.below(8));
    let path = ground.at(&name(one));
    let text = std::fs::read_to_string(&path).unwrap();
    match numbers.below(6) {
        0 | 1 => quietly(&path, numbers),
        2 => ground.write(&name(one), &xep(one + 1, &format!("See XEP-{:04} and {}.", other + 1, numbers.below(100)))),
        3 => ground.write(&name(one), &text.replace("<title>Number", "<title>The number").replace("The The", "The")),
        4 => ground.write(
            &name(one),
            &xep(one + 1, &format!("<link url='https://xmpp.org/extensions/xep-{:04}.html#case'>it</link>", other + 1)),
        ),
        _ => ground.write("s/xep.ent", &format!("<!ENTITY nowhere 'Here {}'>", numbers.below(3))),
    }
}

#[test]
fn cached_equals_fresh_whatever_is_edited() {
    let ground = Ground::new("edits");
    series(&ground, "Text");
    ground.run(&["build", "s", "--out", "site", "--cache-dir", "cache"]);
    let mut numbers = Numbers(4);
    for trial in 0..trials() {
        edit(&ground, &mut numbers);
        let [cached, fresh] = both(&ground);
        assert!(cached.0 == fresh.0, "trial {trial}: other findings");
        assert!(cached.1 == fresh.1, "trial {trial}: other files");
    }
}

#[test]
fn a_change_that_keeps_size_and_time_is_seen() {
    let ground = Ground::new("quiet");
    series(&ground, "Text");
    let words = ["check", "s", "--format", "json", "--cache-dir", "cache"];
    // Two runs, between which the files come to rest: then their stamps count.
    ground.run(&words);
    std::thread::sleep(Duration::from_millis(2100));
    let before = ground.run(&words).stdout;
    let (path, text) = (ground.at("s/xep-0001.xml"), xep(1, "Text &nowhere; 1"));
    let time = std::fs::metadata(&path).unwrap().modified().unwrap();
    std::fs::write(&path, text.replace("&nowhere;", "or there;")).unwrap();
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    let after = ground.run(&words).stdout;
    assert_ne!(before, after);
    assert_eq!(after, ground.run(&["check", "s", "--format", "json", "--no-cache"]).stdout);
}

#[test]
fn cached_equals_fresh_whatever_bit_of_the_cache_is_flipped() {
    let ground = Ground::new("flips");
    series(&ground, "Text");
    let [_, fresh] = both(&ground);
    std::thread::sleep(Duration::from_millis(2100));
    assert!(both(&ground)[0] == fresh);
    let caches = tree(&ground.at("cache"));
    let names: Vec<&PathBuf> = caches.keys().collect();
    let mut numbers = Numbers(5);
    for trial in 0..trials() {
        caches.iter().for_each(|(name, bytes)| std::fs::write(ground.at("cache").join(name), bytes).unwrap());
        let name = names[numbers.below(names.len())];
        let (mut bytes, bit) = (caches[name].clone(), numbers.below(caches[name].len() * 8));
        bytes[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(ground.at("cache").join(name), bytes).unwrap();
        let check = ground.run(&["check", "s", "--format", "json", "--cache-dir", "cache"]);
        assert!(check.stdout == fresh.0, "trial {trial}: bit {bit} of {}", name.display());
        let build = ground.run(&["build", "s", "--format", "json", "--out", "site", "--cache-dir", "cache"]);
        assert!(build.stdout == fresh.0, "trial {trial}: bit {bit} of {}", name.display());
        assert!(tree(&ground.at("site")) == fresh.1, "trial {trial}: bit {bit} of {}", name.display());
    }
}
