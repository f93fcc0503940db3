//! What was done with a document, for the formats of output.

use crate::document::ListingKind;
use crate::example::Example;
use crate::example::story::{self, Step};
use crate::judge::{Examined, Extent, Loaded};
use crate::report::{DocumentReport, ExampleReport, RoundTripReport};
use crate::rule::context::round_trips_of;
use crate::source::Sources;

/// What was done with a document.
pub fn document_report(sources: &Sources, loaded: &Loaded, examined: &Examined) -> DocumentReport {
    let header = &examined.document.header;
    let steps = story::steps(&examined.examples);
    let examples = examined.examples.iter().zip(&steps).enumerate();
    DocumentReport {
        path: loaded.path.clone(),
        number: header.number.as_str().trim().to_owned(),
        title: header.title.as_str().trim().to_owned(),
        examples: examples
            .map(|(at, (example, step))| example_report(sources, examined, (at, example), step))
            .collect(),
    }
}

fn example_report(
    sources: &Sources,
    examined: &Examined,
    (at, example): (usize, &Example),
    step: &Step,
) -> ExampleReport {
    let id = |at: usize| examined.examples.get(at).map(|example| example.id.clone());
    let trips = round_trips_of(&examined.round_trips, at).map(|trip| RoundTripReport {
        profile: trip.profile.clone(),
        sealed_bytes: trip.sealed_bytes,
        ok: trip.is_ok(),
    });
    ExampleReport {
        id: example.id.clone(),
        name: example.name.clone(),
        block: match example.block {
            ListingKind::Example => "example",
            ListingKind::Code => "code",
        }
        .into(),
        caption: example.caption.clone(),
        line: sources.get(example.span.file).position(example.span.start).line,
        kind: (examined.extent == Extent::Full).then(|| example.kind.word().to_owned()),
        kind_reason: example.kind_reason.clone(),
        syntax: example.syntax.to_owned(),
        sender: step.sender.map(|sender| sender.word().to_owned()),
        answers: step.answers.and_then(id),
        checks: examined.checks.get(at).into_iter().flatten().map(|check| (*check).to_owned()).collect(),
        round_trips: trips.collect(),
    }
}
