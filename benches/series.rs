//! How long a whole series takes, beside other people's tools on the same files in the same run.
//!
//! ```text
//! cargo bench --bench series -- DIR [--stylesheet FILE] [--runs N]
//! ```
//!
//! Prints a table in Markdown: the median of the runs, and the ratio to one `xmllint --nonet --noout --noent --loaddtd --valid`
//! process over all files; where a stylesheet is given, also to `xsltproc`, two files at a time. A tool that is not installed is
//! said to be missing.
#![expect(clippy::print_stdout, reason = "a table is what this program is for")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use xep::read::series::SharedEntities;
use xep::read::xep_xml;
use xep::source::Sources;
use xep::workspace::{BuildOptions, Disk, Extent, Silent, World, build, check};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let options = Options::read()?;
    let files = documents(&options.folder)?;
    let bytes: u64 = files.iter().filter_map(|file| file.metadata().ok()).map(|data| data.len()).sum();
    println!(
        "{} files, {:.1} MB, {} runs each, {} threads\n",
        files.len(),
        megabytes(bytes),
        options.runs,
        rayon::current_num_threads()
    );
    println!("| what | median | xmllint takes |\n| --- | --- | --- |");
    let xmllint = options.median(|| xmllint(&files));
    let row = |name: &str, time: Option<Duration>, note: &str| {
        let Some(time) = time else { return println!("| {name} | could not run | |") };
        let ratio = xmllint.map_or_else(
            || "?".into(),
            |other| format!("{:.1} times as long", other.as_secs_f64() / time.as_secs_f64()),
        );
        println!("| {name} | {:.0} ms{note} | {ratio} |", time.as_secs_f64() * 1000.0);
    };
    row("one `xmllint --valid` over all files", xmllint, "");
    if let Some(stylesheet) = &options.stylesheet {
        row("`xsltproc`, two files at a time", options.median(|| xsltproc(&files, stylesheet)), "");
    }
    let reading = options.median(|| read_all(&files));
    let speed = reading
        .map_or_else(String::new, |time| format!(", {:.0} MB/s on one thread", megabytes(bytes) / time.as_secs_f64()));
    row("reading alone", reading, &speed);
    let out = std::env::temp_dir().join(format!("xep-bench-{}", std::process::id()));
    row(
        "pages, into an empty folder (`build --no-check`)",
        options.median(|| site(&options.folder, Extent::Read, &out, true)),
        "",
    );
    row("the full build, into an empty folder", options.median(|| site(&options.folder, Extent::Full, &out, true)), "");
    row(
        "the full build again, nothing changed",
        options.median(|| site(&options.folder, Extent::Full, &out, false)),
        "",
    );
    for (name, file) in [
        ("a XEP of median size", by_size(&files, files.len() / 2)),
        ("the largest XEP", by_size(&files, files.len() - 1)),
    ] {
        let Some(file) = file else { continue };
        let size = file.metadata()?.len() / 1024;
        row(
            &format!("{name} ({size} KiB), checked and rendered"),
            options.median(|| site(&file, Extent::Full, &out, false)),
            "",
        );
    }
    // What is left of the pages is of no use to anybody.
    let _ = std::fs::remove_dir_all(out);
    Ok(())
}

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

    /// The median time of the runs; `None` where one fails.
    fn median(&self, work: impl Fn() -> Outcome<()>) -> Option<Duration> {
        let mut times = Vec::new();
        for _ in 0..self.runs.max(1) {
            let begun = Instant::now();
            work().ok()?;
            times.push(begun.elapsed());
        }
        times.sort();
        times.get(times.len() / 2).copied()
    }
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

/// `xmllint` says with exit code 3 that some file is not valid, which is no failure to run.
fn xmllint(files: &[PathBuf]) -> Outcome<()> {
    let mut command = Command::new("xmllint");
    command.args(["--nonet", "--noout", "--noent", "--loaddtd", "--valid"]).args(files);
    command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    Ok(())
}

fn xsltproc(files: &[PathBuf], stylesheet: &Path) -> Outcome<()> {
    let halves = files.split_at(files.len() / 2);
    std::thread::scope(|scope| {
        let workers =
            [halves.0, halves.1].map(|half| scope.spawn(move || half.iter().all(|file| transform(file, stylesheet))));
        let fine = workers.into_iter().all(|worker| worker.join().unwrap_or(false));
        if fine { Ok(()) } else { Err("xsltproc failed".into()) }
    })
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

fn site(path: &Path, extent: Extent, out: &Path, fresh: bool) -> Outcome<()> {
    if fresh && out.exists() {
        std::fs::remove_dir_all(out)?;
    }
    let checked = check(&Disk, &[path.to_path_buf()], extent, &Silent)?;
    build(&checked, &BuildOptions { out: out.to_path_buf() })?;
    Ok(())
}
