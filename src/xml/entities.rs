//! Entities of XEP-XML.
