//! Schemas: judged, mended, and elements held against them.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod cases;
mod corpus;
mod extract;
