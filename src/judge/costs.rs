//! What encryption costs, as tables: sizes from the stanzas in `examples/`, times from the committed run of the benchmark.

use super::loaded::{COSTS, RESULTS};
use crate::example::cost::{Cost, Costs, DEVICES, Results, Time, WAYS};

/// What the tables are made from.
#[derive(Clone, Copy, Debug)]
pub struct Measured<'a> {
    costs: &'a Costs,
    results: &'a Results,
}

impl<'a> Measured<'a> {
    /// Both files.
    ///
    /// # Errors
    /// A sentence about the one that is missing.
    pub fn new(costs: Option<&'a Costs>, results: Option<&'a Results>) -> Result<Measured<'a>, String> {
        let costs =
            costs.ok_or_else(|| format!("there is no `{COSTS}` among the examples: `xep examples` makes it"))?;
        let results = results
            .ok_or_else(|| format!("there is no `{RESULTS}`: `cargo bench --bench protocols -- --write` makes it"))?;
        Ok(Measured { costs, results })
    }

    /// The rows of a payload: a way of carrying it, and a cell for each column. Columns are `way`, `bytes-N` and `time-N` for `N`
    /// devices.
    pub fn rows(&self, payload: &str, columns: &[&str]) -> Vec<Vec<String>> {
        let row = |(protocol, state): (&str, &str)| {
            let column = |name: &&str| match name.split_once('-') {
                Some(("bytes", devices)) => {
                    self.cost(payload, protocol, state, devices).map_or_else(none, |cost| cost.bytes.to_string())
                }
                Some(("time", devices)) => self.time(payload, protocol, state, devices).map_or_else(none, time),
                _ if *name == "way" => way(protocol, state),
                _ => String::new(),
            };
            columns.iter().map(column).collect()
        };
        WAYS.into_iter().map(row).collect()
    }

    /// What a session saves of each stanza after the first: a row for each number of devices.
    pub fn savings(&self, columns: &[&str]) -> Vec<Vec<String>> {
        let row = |devices: usize| {
            let number = devices.to_string();
            let of = |state| {
                self.cost("message", "omemo", state, &number).zip(self.time("message", "omemo", state, &number))
            };
            let both = of("first").zip(of("established"));
            let column = |name: &&str| match (*name, &both) {
                ("devices", _) => number.clone(),
                ("bytes", Some(((first, _), (later, _)))) => {
                    let saved = first.bytes.saturating_sub(later.bytes);
                    format!("{saved} of {}", first.bytes)
                }
                ("seal", Some(((_, first), (_, later)))) => saved(first.seal, later.seal),
                ("open", Some(((_, first), (_, later)))) => saved(first.open, later.open),
                _ => String::new(),
            };
            columns.iter().map(column).collect()
        };
        DEVICES.into_iter().map(row).collect()
    }

    /// On what and when the times were measured.
    pub fn run(&self, columns: &[&str]) -> Vec<Vec<String>> {
        let runs = self.results.times.iter().map(|time| time.runs).min().unwrap_or(0);
        let column = |name: &&str| match *name {
            "machine" => self.results.machine.clone(),
            "date" => self.results.date.clone(),
            "runs" => runs.to_string(),
            _ => String::new(),
        };
        vec![columns.iter().map(column).collect()]
    }

    fn cost(&self, payload: &str, protocol: &str, state: &str, devices: &str) -> Option<&'a Cost> {
        self.costs.costs.iter().find(|one| {
            one.payload == payload
                && one.protocol == protocol
                && one.state == state
                && one.devices.to_string() == devices
        })
    }

    fn time(&self, payload: &str, protocol: &str, state: &str, devices: &str) -> Option<&'a Time> {
        self.results.times.iter().find(|one| {
            one.payload == payload
                && one.protocol == protocol
                && one.state == state
                && one.devices.to_string() == devices
        })
    }
}

fn none() -> String {
    "-".into()
}

fn way(protocol: &str, state: &str) -> String {
    match (protocol, state) {
        ("plain", _) => "in the open".into(),
        (protocol, "") => format!("`{protocol}`"),
        (protocol, state) => format!("`{protocol}`, {state}"),
    }
}

fn time(time: &Time) -> String {
    format!("{} / {}", milliseconds(time.seal), milliseconds(time.open))
}

fn milliseconds(microseconds: f64) -> String {
    format!("{:.2}", microseconds / 1000.0)
}

fn saved(first: f64, later: f64) -> String {
    format!("{} of {} ms", milliseconds((first - later).max(0.0)), milliseconds(first))
}
