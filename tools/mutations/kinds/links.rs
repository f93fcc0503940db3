//! Anchors and the links to them.

use super::each;
use crate::mutations::dice::Dice;
use crate::mutations::ground::{Ground, Injection, bytes};
use std::ops::Range;
use xep::document::number::sections;
use xep::document::walk::{self, Place};
use xep::source::MappedText;

/// The bytes of a text of the document, if it is written as it is meant.
fn written(ground: &Ground<'_>, text: &MappedText) -> Option<Range<usize>> {
    let span = text.whole().filter(|span| span.file == ground.trial.file)?;
    (ground.slice(bytes(span)) == text.as_str()).then_some(bytes(span))
}

/// A section gets the anchor of another one.
pub fn anchor(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let document = &ground.trial.examined.document;
    let anchors = sections(document).into_iter().filter_map(|section| section.anchor.as_ref());
    let anchors: Vec<(&str, Range<usize>)> =
        anchors.filter_map(|anchor| Some((anchor.as_str(), written(ground, anchor)?))).collect();
    each(anchors.iter(), |(own, range)| {
        let (other, there) = dice.pick(&anchors)?;
        (other != own).then(|| Injection::new(range.clone(), *other).or_told_at(there.start))
    })
}

/// A slip in a link to a place of the document.
pub fn dead(ground: &Ground<'_>, dice: &mut Dice) -> Vec<Injection> {
    let mut links = Vec::new();
    walk::body(&ground.trial.examined.document, &mut |place| {
        if let Place::Link(url) = place {
            links.push(url);
        }
    });
    let ids: Vec<&str> = ground.trial.examined.numbers.ids().collect();
    each(links.into_iter(), |url| {
        let (range, anchor) = (written(ground, url)?, url.as_str().strip_prefix('#')?);
        let wrong = dice.slip(anchor, |word| !ids.contains(&word)).filter(|_| ids.contains(&anchor))?;
        Some(Injection::new(range.start + 1..range.end, wrong))
    })
}
