//! What authors allow: findings that they say are none, with a reason.

use crate::document::number::listings;
use crate::document::{Block, Document, Listing};
use crate::finding::Finding;
use crate::rule::{self, Levels};
use crate::source::Span;

/// A rule that is allowed in a region.
struct Allowance {
    rule: String,
    region: Span,
    span: Span,
    has_reason: bool,
}

/// Takes out what is allowed; tells allowances that nothing needed, and those without a reason. Of rules that are switched off
/// nothing is told.
pub fn suppress(document: &Document, levels: &Levels, findings: Vec<Finding>) -> Vec<Finding> {
    let allowances = allowances(document);
    let mut used = vec![false; allowances.len()];
    let mut left: Vec<Finding> = Vec::new();
    for finding in findings {
        let mut is_allowed = false;
        for (one, used) in allowances.iter().zip(&mut used) {
            let covers = one.has_reason && one.rule == finding.rule && one.region.contains(finding.span);
            *used |= covers;
            is_allowed |= covers;
        }
        if !is_allowed {
            left.push(finding);
        }
    }
    let complete = allowances.iter().zip(used).filter(|(allowance, _)| levels.is_on(&allowance.rule));
    for (allowance, used) in complete {
        left.extend(complaint(allowance, used));
    }
    left
}

fn complaint(allowance: &Allowance, used: bool) -> Option<Finding> {
    let finding = |message: String| Finding::new("unneeded-allow", allowance.span, message);
    let name = &allowance.rule;
    if !allowance.has_reason {
        return Some(
            finding(format!("`{name}` is allowed here without a reason"))
                .help("add `because=\"...\"`: without it nothing is allowed"),
        );
    }
    (!used && rule::find(name).is_some())
        .then(|| finding(format!("`{name}` is allowed here, but does not occur")).help("take the allowance out"))
}

fn allowances(document: &Document) -> Vec<Allowance> {
    let mut all: Vec<Allowance> = listings(document).into_iter().filter_map(of_listing).collect();
    of_blocks(&document.body, &mut all);
    // In XEP-XML the instruction before an example stands for itself and as what the author says beside the example.
    all.sort_by_key(|one| (one.span.start, one.span.end));
    all.dedup_by(|later, earlier| later.rule == earlier.rule && overlap(later.span, earlier.span));
    all
}

fn overlap(one: Span, other: Span) -> bool {
    one.file == other.file && one.start <= other.end && other.start <= one.end
}

fn of_listing(listing: &Listing) -> Option<Allowance> {
    let rule = listing.directives.get("allow")?;
    let has_reason = listing.directives.text("because").is_some_and(|reason| !reason.trim().is_empty());
    Some(Allowance { rule: rule.value.as_str().to_owned(), region: listing.span.0, span: rule.span, has_reason })
}

/// Allowances that stand before a block or section.
fn of_blocks(blocks: &[Block], all: &mut Vec<Allowance>) {
    for (at, block) in blocks.iter().enumerate() {
        if let Block::Instruction(target, text) = block
            && target == "allow"
            && let Some(span) = text.whole()
        {
            let next = blocks
                .get(at + 1..)
                .unwrap_or(&[])
                .iter()
                .find(|block| !matches!(block, Block::Instruction(..) | Block::Comment(_)));
            let region = next.and_then(whole).unwrap_or(span);
            let rule = attribute(text.as_str(), "rule").unwrap_or_default();
            let has_reason = attribute(text.as_str(), "because").is_some_and(|reason| !reason.trim().is_empty());
            all.push(Allowance { rule, region, span, has_reason });
        }
        of_blocks(inner(block), all);
    }
}

fn inner(block: &Block) -> &[Block] {
    match block {
        Block::Section(section) => &section.blocks,
        Block::Quote(container) | Block::Division(container) => &container.blocks,
        _ => &[],
    }
}

/// Everything that a block covers.
fn whole(block: &Block) -> Option<Span> {
    let own = match block {
        Block::Section(section) => Some(section.span.0),
        Block::Paragraph(paragraph) => Some(paragraph.span.0),
        Block::List(list) => Some(list.span.0),
        Block::Definitions(definitions) => Some(definitions.span.0),
        Block::Table(table) => Some(table.span.0),
        Block::Listing(listing) => Some(listing.span.0),
        Block::Quote(container) | Block::Division(container) => Some(container.span.0),
        Block::Vulnerability { span, .. } | Block::Unknown { span, .. } => Some(span.0),
        Block::Plain(_) | Block::Comment(_) | Block::Instruction(..) => None,
    };
    inner(block).iter().filter_map(whole).fold(own, |all, one| Some(all.map_or(one, |all| all.to(one))))
}

/// The value of `name='value'` in the text of an instruction.
fn attribute(text: &str, name: &str) -> Option<String> {
    let start = text.find(&format!("{name}="))? + name.len() + 1;
    let rest = text.get(start..)?;
    let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    rest.get(1..)?.split(quote).next().map(str::to_owned)
}
