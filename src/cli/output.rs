//! Standard output and standard error.

use super::{Colour, Failure, Settings};
use std::io::{ErrorKind, IsTerminal, Read, Write};

/// Asks the terminal what it can show.
pub(super) fn settings(colour: Colour, quiet: bool) -> Settings {
    let refuses = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let wanted = |is_terminal: bool| match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => is_terminal && !refuses,
    };
    let error_terminal = std::io::stderr().is_terminal();
    Settings {
        colour: wanted(std::io::stdout().is_terminal()),
        error_colour: wanted(error_terminal),
        progress: error_terminal && !quiet,
    }
}

/// Prints a result. That nobody reads it any more is no failure.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    deliver(text).map(drop)
}

/// Prints a result. Answers whether all of it was taken: somebody may have stopped reading.
pub(super) fn deliver(text: &str) -> Result<bool, Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        outcome => Ok(outcome.map(|()| true)?),
    }
}

/// Says what went wrong.
pub(super) fn complain(message: &str, settings: Settings) {
    let word = if settings.error_colour { "\u{1b}[1;31merror\u{1b}[0m" } else { "error" };
    note(&format!("{word}: {message}"));
}

/// Says something on standard error; that it cannot be said has nobody to be told to.
pub(super) fn note(message: &str) {
    let _ = writeln!(std::io::stderr(), "{message}");
}

/// How many bytes of standard input are read.
const MAX_INPUT: u64 = 4 * 1024 * 1024;

/// All of standard input.
pub(super) fn input() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(MAX_INPUT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_INPUT {
        return Err(Failure(format!(
            "standard input holds more than {} MiB, which is the most that is read",
            MAX_INPUT / (1024 * 1024)
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        Failure(format!("standard input is not UTF-8 from byte {} on", error.utf8_error().valid_up_to()))
    })
}
