//! How long a whole series takes, beside other people's tools on the same files in the same run.
//!
//! ```text
//! cargo bench --bench series -- DIR [--stylesheet FILE] [--runs N]
//! ```
//!
//! Prints a table in Markdown: the median of the runs, the fastest and the slowest, and the ratio to one
//! `xmllint --nonet --noout --noent --loaddtd --valid` process over all files; where a stylesheet is given, also to `xsltproc`,
//! two files at a time. Every row but the one about reading is the wall clock of whole processes, from start to end. The runs of
//! all rows take turns, so that what else the machine does meets all of them alike. A tool that is not installed is said to be
//! missing.
#![expect(clippy::print_stdout, reason = "a table is what this program is for")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use xep::read::series::SharedEntities;
use xep::read::xep_xml;
use xep::source::Sources;
use xep::workspace::{Disk, World};

/// The allocator of the program, for the row that does not start it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let options = Options::read()?;
    let bench = Bench::new(options)?;
    println!(
        "{} files, {:.1} MB, {} runs each ({} of single files), {} threads\n",
        bench.files.len(),
        megabytes(bench.bytes),
        bench.options.runs,
        SINGLE_RUNS,
        rayon::current_num_threads()
    );
    let rows = bench.rows();
    let times = bench.measure(&rows);
    bench.print(&rows, &times);
    // What is left of the pages is of no use to anybody.
    let _ = std::fs::remove_dir_all(&bench.folder);
    Ok(())
}

/// How often a single file is built.
const SINGLE_RUNS: usize = 20;

struct Options {
    folder: PathBuf,
    stylesheet: Option<PathBuf>,
    runs: usize,
}

impl Options {
    fn read() -> Outcome<Options> {
        let mut options = Options { folder: PathBuf::new(), stylesheet: None, runs: 5 };
        // `cargo bench` adds `--bench`.
        let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--stylesheet" => options.stylesheet = arguments.next().map(PathBuf::from),
                "--runs" => options.runs = arguments.next().ok_or("--runs needs a number")?.parse()?,
                folder => options.folder = PathBuf::from(folder),
            }
        }
        match options.folder.is_dir() {
            true => Ok(options),
            false => Err("name a folder with XEPs: cargo bench --bench series -- DIR".into()),
        }
    }
}

/// A line of the table.
struct Row {
    name: String,
    runs: usize,
    /// What is done before a run and not measured.
    before: Box<dyn Fn(usize) -> Outcome<()>>,
    work: Box<dyn Fn(usize) -> Outcome<()>>,
    /// How many bytes of input are read, where the speed is to be told.
    bytes: Option<u64>,
}

struct Bench {
    options: Options,
    files: Vec<PathBuf>,
    bytes: u64,
    /// Where sites, caches and a copy of the series lie.
    folder: PathBuf,
}

impl Bench {
    fn new(options: Options) -> Outcome<Bench> {
        let files = documents(&options.folder)?;
        let bytes = files.iter().filter_map(|file| file.metadata().ok()).map(|data| data.len()).sum();
        let folder = std::env::temp_dir().join(format!("xep-bench-{}", std::process::id()));
        let bench = Bench { options, files, bytes, folder };
        copy(&bench.options.folder, &bench.copy())?;
        Ok(bench)
    }

    /// The copy of the series, in which files are edited.
    fn copy(&self) -> PathBuf {
        self.folder.join("series")
    }

    fn rows(&self) -> Vec<Row> {
        let mut rows = vec![self.xmllint()];
        rows.extend(self.options.stylesheet.as_ref().map(|stylesheet| self.xsltproc(stylesheet.clone())));
        rows.push(self.reading());
        rows.push(self.cold("pages, into an empty folder (`build --no-check`), cold cache", &["build", "--no-check"]));
        rows.push(
            self.cold("the document's own rules (`check --no-examples`), cold cache", &["check", "--no-examples"]),
        );
        rows.push(self.cold("all rules (`check`), cold cache", &["check"]));
        rows.push(self.cold("the full build, into an empty folder, cold cache", &["build"]));
        rows.push(self.again());
        rows.push(self.edited());
        for (name, at) in [("a XEP of median size", self.files.len() / 2), ("the largest XEP", self.files.len() - 1)] {
            let Some(file) = by_size(&self.files, at) else { continue };
            for words in [&["build", "--no-examples"][..], &["build"]] {
                rows.push(self.single(name, &file, words, false));
                rows.push(self.single(name, &file, words, true));
            }
        }
        rows
    }

    fn row(&self, name: &str, work: impl Fn(usize) -> Outcome<()> + 'static) -> Row {
        let before = Box::new(|_| Ok(()));
        Row { name: name.into(), runs: self.options.runs, before, work: Box::new(work), bytes: None }
    }

    fn xmllint(&self) -> Row {
        let files = self.files.clone();
        self.row("one `xmllint --valid` over all files", move |_| {
            let mut command = Command::new("xmllint");
            command.args(["--nonet", "--noout", "--noent", "--loaddtd", "--valid"]).args(&files);
            // Exit codes above 0 say that some file is not valid, which is no failure to run.
            command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
            Ok(())
        })
    }

    fn xsltproc(&self, stylesheet: PathBuf) -> Row {
        let files = self.files.clone();
        self.row("`xsltproc`, two files at a time", move |_| {
            let halves = files.split_at(files.len() / 2);
            let fine = std::thread::scope(|scope| {
                let stylesheet = &stylesheet;
                let other = scope.spawn(move || halves.1.iter().all(|file| transform(file, stylesheet)));
                halves.0.iter().all(|file| transform(file, stylesheet)) && other.join().unwrap_or(false)
            });
            if fine { Ok(()) } else { Err("xsltproc failed".into()) }
        })
    }

    fn reading(&self) -> Row {
        let files = self.files.clone();
        let row = self.row("reading alone, on one thread", move |_| read_all(&files));
        Row { bytes: Some(self.bytes), ..row }
    }

    /// A run that finds neither cache nor pages: it has folders of its own. To remove those of the last run would cost the next
    /// one dear, since file systems shun what was just deleted.
    fn cold(&self, name: &str, words: &'static [&'static str]) -> Row {
        let (series, folder) = (self.options.folder.clone(), self.folder.clone());
        let kind = words.join("");
        self.row(name, move |run| {
            xep(words, &series, &folder.join(format!("site-{kind}-{run}")), &folder.join(format!("cache-{kind}-{run}")))
        })
    }

    /// A run that finds everything as it left it.
    fn again(&self) -> Row {
        let (series, site, cache) =
            (self.options.folder.clone(), self.folder.join("kept-site"), self.folder.join("kept-cache"));
        let (first, first_site, first_cache) = (series.clone(), site.clone(), cache.clone());
        let before = move |run| if run == 0 { xep(&["build"], &first, &first_site, &first_cache) } else { Ok(()) };
        let work = move |_| xep(&["build"], &series, &site, &cache);
        Row { before: Box::new(before), ..self.row("the full build again, nothing changed", work) }
    }

    /// A run after a small edit of one file.
    fn edited(&self) -> Row {
        let (series, site, cache) = (self.copy(), self.folder.join("edited-site"), self.folder.join("edited-cache"));
        let (first, first_site, first_cache) = (series.clone(), site.clone(), cache.clone());
        let file = by_size(&self.files, self.files.len() / 2).and_then(|file| self.copied(&file));
        let before = move |run| {
            if run == 0 {
                xep(&["build"], &first, &first_site, &first_cache)?;
            }
            edit(file.as_ref().ok_or("there is no file to edit")?, run)
        };
        let work = move |_| xep(&["build"], &series, &site, &cache);
        Row { before: Box::new(before), ..self.row("the full build after a small edit of one XEP", work) }
    }

    /// One file, just edited, checked and rendered, with an index of its series or without one.
    fn single(&self, name: &str, file: &Path, words: &'static [&'static str], cold: bool) -> Row {
        let size = file.metadata().map_or(0, |data| data.len() / 1024);
        let (site, cache) = (self.folder.join("single-site"), self.folder.join("single-cache"));
        let (old_site, old_cache) = (site.clone(), cache.clone());
        let copied = self.copied(file).unwrap_or_default();
        let edited = copied.clone();
        let before = move |run: usize| {
            if cold {
                empty(&[&old_cache])?;
            } else if run == 0 {
                xep(words, &edited, &old_site, &old_cache)?;
            }
            edit(&edited, run)
        };
        let how = if cold { "cold" } else { "warm" };
        let rules = if words.len() > 1 { "the document's own rules" } else { "all rules" };
        let title = format!("{name} ({size} KiB), edited, checked by {rules} and rendered, {how} index");
        let row = self.row(&title, move |_| xep(words, &copied, &site, &cache));
        Row { before: Box::new(before), runs: if cold { self.options.runs } else { SINGLE_RUNS }, ..row }
    }

    /// Where a file of the series lies in the copy.
    fn copied(&self, file: &Path) -> Option<PathBuf> {
        Some(self.copy().join(file.strip_prefix(&self.options.folder).ok()?))
    }

    /// The times of all rows, which take turns.
    fn measure(&self, rows: &[Row]) -> Vec<Option<Vec<Duration>>> {
        let mut times: Vec<Option<Vec<Duration>>> = rows.iter().map(|_| Some(Vec::new())).collect();
        let most = rows.iter().map(|row| row.runs).max().unwrap_or(0);
        for run in 0..most {
            for (row, times) in rows.iter().zip(&mut times).filter(|(row, _)| run < row.runs) {
                let Some(measured) = times else { continue };
                match timed(row, run) {
                    Ok(time) => measured.push(time),
                    Err(_) => *times = None,
                }
            }
        }
        times.iter_mut().flatten().for_each(|times| times.sort());
        times
    }

    fn print(&self, rows: &[Row], times: &[Option<Vec<Duration>>]) {
        println!("| what | median | fastest to slowest | xmllint takes |\n| --- | --- | --- | --- |");
        let median = |times: &Option<Vec<Duration>>| times.as_ref().and_then(|all| all.get(all.len() / 2).copied());
        let xmllint = times.first().and_then(median);
        for (row, all) in rows.iter().zip(times) {
            let (Some(time), Some(all)) = (median(all), all) else {
                println!("| {} | could not run | | |", row.name);
                continue;
            };
            let speed = row
                .bytes
                .map_or_else(String::new, |bytes| format!(", {:.0} MB/s", megabytes(bytes) / time.as_secs_f64()));
            let ratio = xmllint.map_or_else(
                || "?".into(),
                |other| format!("{:.1} times as long", other.as_secs_f64() / time.as_secs_f64()),
            );
            let range = (all.first().copied().unwrap_or_default(), all.last().copied().unwrap_or_default());
            println!(
                "| {} | {} ms{speed} | {} to {} ms | {ratio} |",
                row.name,
                milliseconds(time),
                milliseconds(range.0),
                milliseconds(range.1)
            );
        }
    }
}

fn timed(row: &Row, run: usize) -> Outcome<Duration> {
    (row.before)(run)?;
    let begun = Instant::now();
    (row.work)(run)?;
    Ok(begun.elapsed())
}

fn milliseconds(time: Duration) -> String {
    let value = time.as_secs_f64() * 1000.0;
    if value < 100.0 { format!("{value:.1}") } else { format!("{value:.0}") }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// The XEPs of a folder.
fn documents(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let files = Disk.files_below(folder)?;
    let is_xep = |file: &PathBuf| {
        file.extension().is_some_and(|extension| extension == "xml")
            && std::fs::read_to_string(file).is_ok_and(|text| text.contains("<xep>") || text.contains("<xep "))
    };
    Ok(files.into_iter().filter(is_xep).collect())
}

fn by_size(files: &[PathBuf], at: usize) -> Option<PathBuf> {
    let mut sized: Vec<_> = files.iter().filter_map(|file| Some((file.metadata().ok()?.len(), file))).collect();
    sized.sort();
    sized.get(at).map(|(_, file)| (*file).clone())
}

fn transform(file: &Path, stylesheet: &Path) -> bool {
    let mut command = Command::new("xsltproc");
    command.arg("--nonet").arg(stylesheet).arg(file);
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Reads every file into a document, one after the other.
fn read_all(files: &[PathBuf]) -> Outcome<()> {
    let mut sources = Sources::default();
    let mut sink = xep::finding::Sink::default();
    let beside =
        files.first().map(|file| file.with_file_name("xep.ent")).and_then(|path| std::fs::read_to_string(path).ok());
    let shared = beside.map(|text| {
        let file = sources.add("xep.ent", text);
        SharedEntities::read(&sources, file, &mut sink)
    });
    for path in files {
        let file = sources.add(path.to_string_lossy(), std::fs::read_to_string(path)?);
        std::hint::black_box(xep_xml::read(&sources, file, shared.as_ref(), &mut sink));
    }
    Ok(())
}

/// Runs the program on a path. Findings are no failure.
fn xep(words: &[&str], path: &Path, site: &Path, cache: &Path) -> Outcome<()> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xep"));
    command.args(words).arg("--quiet").arg("--cache-dir").arg(cache).arg(path);
    if words.contains(&"build") {
        command.arg("--out").arg(site);
    }
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if status.code().is_some_and(|code| code < 2) { Ok(()) } else { Err("xep failed".into()) }
}

fn empty(folders: &[&Path]) -> Outcome<()> {
    for folder in folders.iter().filter(|folder| folder.exists()) {
        std::fs::remove_dir_all(folder)?;
    }
    Ok(())
}

/// Adds a comment to a XEP, another one in each run.
fn edit(file: &Path, run: usize) -> Outcome<()> {
    let text = std::fs::read_to_string(file)?;
    let (before, after) = text.rsplit_once("</xep>").ok_or("the file has no end")?;
    std::fs::write(file, format!("{before}<!-- {run} --></xep>{after}"))?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    for file in Disk.files_below(from)? {
        let target = to.join(file.strip_prefix(from)?);
        std::fs::create_dir_all(target.parent().ok_or("the file has no folder")?)?;
        std::fs::copy(&file, &target)?;
    }
    Ok(())
}
