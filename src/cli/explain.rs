//! `xep explain`.

use super::{Failure, Outcome, output};
use crate::example::kind::suggestion;
use crate::rule::{self, RULES};
use clap::Args;

/// What a rule means, with a wrong and a right example
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The rule, as in `error[rule]`; without one, all rules are listed
    rule: Option<String>,
}

impl Explain {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let text = match self.rule {
            None => list(),
            Some(name) => {
                rule::find(&name).map(|rule| format!("{}\n", rule.documentation())).ok_or_else(|| unknown(&name))?
            }
        };
        output::print(&text)?;
        Ok(Outcome::Clean)
    }
}

fn list() -> String {
    let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    RULES.iter().map(|rule| format!("{:width$}  {:7}  {}\n", rule.name, rule.severity.name(), rule.summary())).collect()
}

fn unknown(name: &str) -> Failure {
    let names: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    let near = suggestion(name, &names)
        .map_or_else(|| "`xep explain` lists them all".to_owned(), |near| format!("did you mean `{near}`?"));
    Failure(format!("there is no rule `{name}`; {near}"))
}
