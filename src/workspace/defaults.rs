//! The policy and the profiles that hold where a document brings none of its own.

/// The policy of our own draft.
pub const ELEMENTS: &str = include_str!("../../spec/xep-sce/elements.toml");

/// Its profiles.
pub const PROFILES: &str = include_str!("../../spec/xep-sce/profiles.toml");
