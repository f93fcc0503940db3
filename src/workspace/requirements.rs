//! What documents require, where, of whom, and what shows it.

use super::snapshot::Snapshot;
use crate::document::Document;
use crate::document::key_words::Strength;
use crate::document::number::{self, Numbers};
use crate::document::requirement::{self, Requirement};
use crate::judge::{ATTACKS, Attacks, Examined, Loaded, shown_by, shows_attacks};
use crate::report::{DocumentRequirements, RequirementReport, Shower, Twin, Whereabouts};
use crate::source::Sources;
use std::collections::BTreeMap;

/// The requirements of the documents of a run.
pub fn requirements(checked: &Snapshot) -> Vec<DocumentRequirements> {
    checked.examined().map(|(loaded, examined)| of_document(&checked.sources, loaded, examined)).collect()
}

fn of_document(sources: &Sources, loaded: &Loaded, examined: &Examined) -> DocumentRequirements {
    let header = &examined.document.header;
    let all = requirement::requirements(&examined.document);
    let evidence = Evidence::of(sources, loaded, examined);
    let twins = twins(&all, sources);
    let reports = all.iter().enumerate().map(|(at, requirement)| RequirementReport {
        id: requirement.id.map(|id| id.value.clone()),
        path: sources.get(requirement.span.file).path().to_owned(),
        line: line(requirement, sources),
        section: whereabouts(requirement, examined),
        actor: requirement.actor(),
        strength: requirement.strength().map(Strength::name),
        key_words: requirement.key_words().iter().map(|word| word.name).collect(),
        text: requirement.text.clone(),
        examples: evidence.examples_of(requirement),
        excuse: evidence.excuse_of(requirement),
        twins: twins.get(&at).cloned().unwrap_or_default(),
    });
    DocumentRequirements {
        path: loaded.path.clone(),
        number: header.number.as_str().trim().to_owned(),
        title: header.title.as_str().trim().to_owned(),
        requirements: reports.collect(),
    }
}

fn line(requirement: &Requirement<'_>, sources: &Sources) -> usize {
    sources.get(requirement.span.file).position(requirement.span.start).line
}

/// The section that a requirement is in.
fn whereabouts(requirement: &Requirement<'_>, examined: &Examined) -> Option<Whereabouts> {
    let at = *requirement.sections.last()?;
    let number = examined.numbers.sections.get(at)?;
    let section = *number::sections(&examined.document).get(at)?;
    Some(Whereabouts {
        number: number.number.trim_end_matches('.').to_owned(),
        title: requirement::flat(section.topic.as_str()),
        anchor: number.id.clone(),
    })
}

/// What shows that requirements are kept, and why nothing can.
struct Evidence {
    examples: BTreeMap<String, Vec<Shower>>,
    attacks: Option<Attacks>,
}

impl Evidence {
    /// What shows the requirements of a document: its own examples, and those of the other drafts in its folder.
    fn of(sources: &Sources, loaded: &Loaded, examined: &Examined) -> Evidence {
        let mut evidence = Evidence { examples: BTreeMap::new(), attacks: None };
        evidence.learn(&examined.document, &examined.numbers, &|name| name);
        let mut is_shown = shows_attacks(&examined.document);
        for draft in &loaded.companions.drafts {
            let document = draft.read(sources, None);
            evidence.learn(&document, &Numbers::of(&document), &|name| format!("{}#{name}", draft.name));
            is_shown |= shows_attacks(&document);
        }
        // A table that is not shown excuses nothing; what is wrong with one is a finding.
        let file = loaded.companions.file(ATTACKS).filter(|_| is_shown);
        evidence.attacks = file.and_then(|file| Attacks::parse(sources.slice(sources.whole(file))).ok());
        evidence
    }

    /// Takes in what the examples of a document show; `named` tells how that document names one.
    fn learn(&mut self, document: &Document, numbers: &Numbers, named: &dyn Fn(String) -> String) {
        for (listing, number) in number::listings(document).into_iter().zip(&numbers.listings) {
            let caption = listing.caption.as_ref().map(|caption| requirement::flat(caption.as_str()));
            let name = number.name.clone().filter(|_| number.named_by_author).map(named);
            for id in shown_by(listing) {
                let shower = Shower { id: number.id.clone(), name: name.clone(), caption: caption.clone() };
                let known = self.examples.entry(id).or_default();
                if !known.contains(&shower) {
                    known.push(shower);
                }
            }
        }
    }

    fn examples_of(&self, requirement: &Requirement<'_>) -> Vec<Shower> {
        let shown = requirement.id.and_then(|id| self.examples.get(&id.value));
        shown.cloned().unwrap_or_default()
    }

    fn excuse_of(&self, requirement: &Requirement<'_>) -> Option<String> {
        let reason = self.attacks.as_ref()?.unshown(&requirement.id?.value)?;
        Some(requirement::flat(reason))
    }
}

/// How many of those that say the same are named.
const TWINS: usize = 20;

/// The other requirements that say the same, by the number of the requirement.
fn twins(all: &[Requirement<'_>], sources: &Sources) -> BTreeMap<usize, Vec<Twin>> {
    let mut twins: BTreeMap<usize, Vec<Twin>> = BTreeMap::new();
    for group in requirement::alike(all) {
        for (at, statement) in &group {
            let others = group.iter().filter(|(other, said)| other != at && said.has_key_words_of(statement));
            for other in others.take(TWINS).filter_map(|(other, _)| all.get(*other)) {
                let twin = Twin { id: other.id.map(|id| id.value.clone()), line: line(other, sources) };
                let own = twins.entry(*at).or_default();
                if !own.contains(&twin) {
                    own.push(twin);
                }
            }
        }
    }
    twins
}
