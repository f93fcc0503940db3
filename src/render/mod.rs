//! Document to text.

pub mod xep_xml;
