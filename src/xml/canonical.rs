//! One form for all spellings of the same XML.
