//! What XMPP itself defines.
