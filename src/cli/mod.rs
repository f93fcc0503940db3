//! The command line: arguments, colours, exit codes. One small file a command.
//!
//! Results go to standard output, progress and failures to standard error. The exit code is 0 for clean, 1 for findings, 2 for
//! work that could not be done.

mod apply;
mod build;
mod check;
mod convert;
mod device;
mod envelopes;
mod examples;
mod explain;
mod layers;
mod omemo_files;
mod open;
mod output;
mod progress;
mod requirements;
mod seal;
mod stage;
mod vectors;

use clap::{Parser, Subcommand, ValueEnum};
use std::process::ExitCode;

/// Reads XMPP specifications, checks every example in them by really encrypting and decrypting it, and publishes them.
#[derive(Debug, Parser)]
#[command(version, about, long_about = LONG_ABOUT, after_help = AFTER_HELP, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Whether output has colours; `auto` asks the terminal and honours NO_COLOR
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    color: Colour,
    /// Show no progress
    #[arg(long, short, global = true)]
    quiet: bool,
}

const LONG_ABOUT: &str = "Reads XMPP specifications (XEPs) in Markdown or XEP-XML, holds every example in them against schema, \
policy and real encryption, and publishes their pages.\n\nThe OpenPGP backend of the default build is in pure Rust; its authors \
call it experimental and do not promise constant time. Build with `--no-default-features --features openpgp-nettle` (or \
openpgp-openssl) to use a system library instead.";

const AFTER_HELP: &str = "Exit codes: 0 clean, 1 findings, 2 could not run.\n\nExamples:\n  xep check xep-0420.xml\n  xep build\n  \
xep seal --profile openpgp --from romeo --to juliet < stanza.xml\n  xep explain sensitive-outside";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    Build(build::Build),
    Convert(convert::Convert),
    Apply(apply::Apply),
    Examples(examples::Examples),
    Seal(seal::Seal),
    Open(open::Open),
    Device(device::DeviceCommand),
    Envelopes(envelopes::Envelopes),
    Explain(explain::Explain),
    Requirements(requirements::Requirements),
    Vectors(vectors::Vectors),
}

/// What a command came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Clean,
    Findings,
}

/// Why a command could not be carried out.
#[derive(Debug)]
struct Failure(String);

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure(error.to_string())
    }
}

/// What all commands are told.
#[derive(Clone, Copy, Debug)]
struct Settings {
    colour: bool,
    error_colour: bool,
    progress: bool,
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // One thread less to start, and to fill with memory of its own. That it runs already is no harm.
    let _ = rayon::ThreadPoolBuilder::new().use_current_thread().build_global();
    let settings = output::settings(arguments.color, arguments.quiet);
    let outcome = match arguments.command {
        Command::Check(command) => command.run(settings),
        Command::Build(command) => command.run(settings),
        Command::Convert(command) => command.run(),
        Command::Apply(command) => command.run(),
        Command::Examples(command) => command.run(settings),
        Command::Seal(command) => command.run(),
        Command::Open(command) => command.run(settings),
        Command::Device(command) => command.run(),
        Command::Envelopes(command) => command.run(settings),
        Command::Explain(command) => command.run(),
        Command::Requirements(command) => command.run(settings),
        Command::Vectors(command) => command.run(),
    };
    match outcome {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(Failure(message)) => {
            output::complain(&message, settings);
            ExitCode::from(2)
        }
    }
}
