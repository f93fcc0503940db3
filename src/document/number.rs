//! Numbers and ids of sections, examples, tables and notes.
