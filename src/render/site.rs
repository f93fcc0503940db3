//! The static files that all pages of a site share.

/// Name and text of each file. They lie together in one folder; pages are told its relative path.
pub const FILES: [(&str, &str); 2] =
    [("xep.css", include_str!("../../site/xep.css")), ("xep.js", include_str!("../../site/xep.js"))];
