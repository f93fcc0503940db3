//! The command `xep`.

use std::process::ExitCode;

fn main() -> ExitCode {
    xep::cli::main()
}
