//! The command `xep`.

use std::process::ExitCode;

/// Most of the time of a run went into asking the system's allocator for small pieces.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    xep::cli::main()
}
