//! What was sealed here, opened without a key.

use super::{Failure, OpenRequest, Opened, Protocol, SealRequest};
use crate::random::Random;
use crate::xml::Element;

/// Takes every element for the one message that it knows, so that everything behind a protocol can be tried without secret keys. It
/// protects nothing.
#[derive(Clone, Debug)]
pub struct AlreadyOpen(pub Opened);

impl Protocol for AlreadyOpen {
    fn seal(&mut self, _: &str, request: &SealRequest<'_>, _: &mut dyn Random) -> Result<Element, Failure> {
        Err(Failure::unsupported("what is open already is not sealed", request.span))
    }

    fn open(&mut self, _: &Element, _: &OpenRequest<'_>) -> Result<Opened, Failure> {
        Ok(self.0.clone())
    }
}
