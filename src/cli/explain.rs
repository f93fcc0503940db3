//! `xep explain`.

use super::{Failure, Outcome, output};
use crate::example::kind::suggestion;
use crate::rule::{self, RULES, Rule};
use clap::Args;

/// What a rule means, with a wrong and a right example
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The rule, such as `stale-example` or `error[stale-example]`; without one, all rules are listed
    rule: Option<String>,
}

impl Explain {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let text = match self.rule {
            None => list(),
            Some(named) => {
                let name = bare(&named);
                rule::find(&name).map(explained).ok_or_else(|| unknown(&name))?
            }
        };
        output::print(&text)?;
        Ok(Outcome::Clean)
    }
}

/// The name of a rule, also where it stands as findings print it: `error[stale-example]`.
fn bare(named: &str) -> String {
    let inside = named.split_once('[').and_then(|(_, rest)| rest.strip_suffix(']'));
    inside.unwrap_or(named).trim().to_lowercase()
}

fn list() -> String {
    let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    let line = |rule: &&Rule| format!("{:width$}  {:7}  {}\n", rule.name, usual(rule), rule.summary());
    RULES.iter().map(line).collect()
}

/// How bad what a rule tells is where nobody says otherwise.
fn usual(rule: &Rule) -> &'static str {
    if rule.is_on_by_default() { rule.severity.name() } else { "off" }
}

/// What a rule means, and how bad what it tells is.
fn explained(rule: &Rule) -> String {
    let severity = rule.severity.name();
    let usual = match (rule.is_pedantic(), rule.is_for_inbox()) {
        (true, _) => format!("Off by default; `{severity}` with `--pedantic`."),
        (_, true) => format!("Off by default; `{severity}` with `xep convert --for-inbox`."),
        _ => format!("Severity: `{severity}`."),
    };
    format!("{}\n\n{usual}\n", rule.documentation().trim_end())
}

fn unknown(name: &str) -> Failure {
    let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    let near = suggestion(name, &names)
        .map_or_else(|| "`xep explain` lists them all".to_owned(), |near| format!("did you mean `{near}`?"));
    Failure(format!("there is no rule `{name}`; {near}"))
}
