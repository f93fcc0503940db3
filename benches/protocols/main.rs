//! What encryption costs: the CPU time of a stanza under each protocol, beside other people's software in the same run.
//!
//! ```text
//! cargo bench --bench protocols -- [--write] [--runs N]
//! ```
//!
//! Prints two tables in Markdown. The first has the times that the draft shows; `--write` puts them into `benches/results.json`. The
//! second has sessions, sealing and opening per second: ours; those of python-omemo (`XEP_OMEMO_PYTHON`) and libomemo-c (`XEP_OMEMO_C`),
//! which `tools/omemo_peers` sets up; the bare primitives that a message cannot do without; and `gpg` and `sq` as processes, with their
//! start reported apart. What is not there is said to be missing. Our times are CPU times of the thread, those of other programs wall
//! clock from a question to its answer.
#![expect(clippy::print_stdout, reason = "tables are what this program is for")]

use std::path::{Path, PathBuf};
use xep::example::Cast;
use xep::example::cost::{DEVICES, Means, PAYLOADS, Results, Talk, Time, WAYS, by_account, plain};
use xep::example::round_trip::Stage;
use xep::example::sealed::{Receiver, Sealed, open};
use xep::sce::arrival::{Address, Arrival};
use xep::sce::{Policy, Profiles, Rulebook, Rules};
use xep::source::Sources;
use xep::xml::write::{Style, write};
use xep::xml::{CLIENT, Element};

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod peers;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// How often each step is taken, unless `--runs` says otherwise.
const RUNS: usize = 100;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (mut writes, mut runs) = (false, RUNS);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--write" => writes = true,
            "--runs" => runs = arguments.next().ok_or("--runs needs a number")?.parse()?,
            other => return Err(format!("`{other}` is none of --write and --runs").into()),
        }
    }
    let (rules, cast) = tables()?;
    let means = Means { rules: &rules, cast: &cast };
    let times = times(means, runs)?;
    print_times(&times);
    peers::print(means, runs)?;
    if writes {
        let results = Results {
            version: 1,
            about:
                "Written by `cargo bench --bench protocols -- --write`; never edit by hand. CPU times in microseconds."
                    .into(),
            machine: machine(),
            date: jiff::Timestamp::now().strftime("%Y-%m-%d").to_string(),
            times,
        };
        let path = root().join("benches/results.json");
        let new = path.with_extension("new");
        std::fs::write(&new, format!("{}\n", serde_json::to_string_pretty(&results)?))?;
        std::fs::rename(&new, &path)?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The tables and the cast of our own draft.
fn tables() -> Outcome<(Rules, Cast)> {
    let folder = root().join("spec/xep-sce");
    let mut sources = Sources::default();
    let (policy, profiles) = (read(&folder, "elements.toml")?, read(&folder, "profiles.toml")?);
    let (elements, file) =
        (sources.add("elements.toml", policy.as_str()), sources.add("profiles.toml", profiles.as_str()));
    let wrong = |error: xep::sce::TableError| error.message;
    let rules = Rulebook {
        policy: Policy::parse(&policy, elements).map_err(wrong)?,
        profiles: Profiles::parse(&profiles, file).map_err(wrong)?,
    };
    let load = |name: &str| std::fs::read(folder.join(name)).ok().map(zeroize::Zeroizing::new);
    let cast = Cast::parse(&read(&folder, "cast.toml")?, &load).map_err(wrong)?;
    Ok((rules.into(), cast))
}

fn read(folder: &Path, name: &str) -> Outcome<String> {
    Ok(std::fs::read_to_string(folder.join(name))?)
}

/// The processor, and how many of it there are.
fn machine() -> String {
    let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':').map(|(_, name)| name.trim()));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{}, {cores} cores", model.unwrap_or(std::env::consts::ARCH))
}

/// The CPU time that this thread has used, in microseconds.
fn cpu() -> f64 {
    cpu_time::ThreadTime::now().as_duration().as_secs_f64() * 1e6
}

/// How long a step takes, and what it gives.
fn timed<T>(step: impl FnOnce() -> Outcome<T>) -> Outcome<(f64, T)> {
    let begun = cpu();
    let outcome = step()?;
    Ok((cpu() - begun, outcome))
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(0.0)
}

fn times(means: Means<'_>, runs: usize) -> Outcome<Vec<Time>> {
    let mut times = Vec::new();
    for payload in PAYLOADS {
        let devices = if payload == "iq" { &DEVICES[..1] } else { &DEVICES[..] };
        for (protocol, state) in WAYS {
            for &devices in devices {
                let mut both = (Vec::new(), Vec::new());
                for _ in 0..runs {
                    let (seal, open) = match protocol {
                        "plain" => in_the_open(payload)?,
                        "omemo" => in_a_session(means, payload, state, devices)?,
                        _ => to_accounts(means, payload, protocol)?,
                    };
                    both.0.push(seal);
                    both.1.push(open);
                }
                times.push(Time {
                    payload: payload.into(),
                    protocol: protocol.into(),
                    state: state.into(),
                    devices,
                    seal: round(median(both.0)),
                    open: round(median(both.1)),
                    runs,
                });
            }
        }
    }
    Ok(times)
}

/// A tenth of a microsecond says enough.
fn round(microseconds: f64) -> f64 {
    (microseconds * 10.0).round() / 10.0
}

fn in_the_open(payload: &str) -> Outcome<(f64, f64)> {
    let stanza = plain(payload)?;
    let (seal, text) = timed(|| Ok(write(&stanza, CLIENT, Style::default())))?;
    let (open, _) = timed(|| {
        let mut sources = Sources::default();
        let file = sources.add("stanza", text.as_str());
        Ok(xep::xml::parse(&xep::source::MappedText::verbatim(&sources, sources.whole(file)), CLIENT)
            .elements()
            .count())
    })?;
    Ok((seal, open))
}

fn in_a_session(means: Means<'_>, payload: &str, state: &str, devices: usize) -> Outcome<(f64, f64)> {
    let mut talk = Talk::new(means, payload, devices)?;
    if state == "established" {
        talk.establish()?;
    }
    let (seal, (encrypted, _)) = timed(|| {
        let encrypted = talk.seal()?;
        let stanza = write(&talk.stanza(&encrypted)?, CLIENT, Style::default());
        Ok((encrypted, stanza))
    })?;
    let (open, ()) = timed(|| Ok(talk.open(&encrypted, 0)?))?;
    Ok((seal, open))
}

fn to_accounts(means: Means<'_>, payload: &str, protocol: &str) -> Outcome<(f64, f64)> {
    let (seal, stanza) = timed(|| {
        let stanza = by_account(means, payload, protocol)?;
        write(&stanza, CLIENT, Style::default());
        Ok(stanza)
    })?;
    let (open, ()) = timed(|| opened(means, &stanza))?;
    Ok((seal, open))
}

/// Opens a stanza as Juliet does, all the way.
fn opened(means: Means<'_>, stanza: &Element) -> Outcome<()> {
    let stage = Stage { rules: means.rules, cast: Some(means.cast) };
    let person = means.cast.person("juliet").ok_or("the cast has no Juliet")?;
    let sealed = xep::example::sealed::sealed_stanzas(std::iter::once(stanza), &stage.rules.profiles);
    let sealed: &Sealed<'_> = sealed.first().ok_or("it carries nothing")?;
    let mut arrival = Arrival::of_stanza(stanza, xep::sce::arrival::situation_of(stanza));
    arrival.now = Some(means.cast.clock);
    arrival.account = Some(Address { jid: person.jid.clone(), span: None });
    let keyring = means.cast.keyring();
    let receiver = Receiver { identity: &person.identity, known: keyring, clock: means.cast.clock };
    let opening = open(sealed, stage.rules, &arrival, &receiver).map_err(|failure| failure.to_string())?;
    if opening.is_accepted() { Ok(()) } else { Err("it is refused".into()) }
}

fn print_times(times: &[Time]) {
    println!("CPU time of one stanza, median, on {}\n", machine());
    println!("| payload | protocol | devices | ms to seal | ms to open on one | runs |");
    println!("| --- | --- | ---: | ---: | ---: | ---: |");
    for time in times {
        let protocol = format!("{} {}", time.protocol, time.state);
        let (seal, open) = (time.seal / 1000.0, time.open / 1000.0);
        println!(
            "| {} | {} | {} | {seal:.3} | {open:.3} | {} |",
            time.payload,
            protocol.trim(),
            time.devices,
            time.runs
        );
    }
    println!();
}
