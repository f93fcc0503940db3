//! Mistakes, injected one at a time into examples that are right, and whether a check tells them.

pub mod declared;
pub mod dice;
pub mod ground;
pub mod kinds;
pub mod run;
