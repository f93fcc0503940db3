//! The order of child elements as positions and what may follow each: one step a child, whatever the model.

use super::{BTreeSet, Particle, Term, VecDeque};

/// How many names a model may hold; one with more is not held against anything. XEPs need 22.
const MAX_POSITIONS: usize = 128;

/// Each name of a particle is a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Automaton {
    names: Vec<String>,
    first: BTreeSet<usize>,
    last: BTreeSet<usize>,
    follow: Vec<BTreeSet<usize>>,
    may_be_empty: bool,
}

/// Where in the order one is: the positions that the last element can be; none yet at the start.
#[derive(Clone, Debug)]
pub(super) struct State(Option<BTreeSet<usize>>);

/// What a particle begins and ends with.
struct Ends {
    first: BTreeSet<usize>,
    last: BTreeSet<usize>,
    may_be_empty: bool,
}

impl Automaton {
    /// `None` for a model with too many names.
    pub(super) fn new(particle: &Particle) -> Option<Automaton> {
        let mut names = Vec::new();
        count(particle, &mut names);
        if names.len() > MAX_POSITIONS {
            return None;
        }
        let mut follow = vec![BTreeSet::new(); names.len()];
        let ends = ends(particle, &mut 0, &mut follow);
        Some(Automaton { names, first: ends.first, last: ends.last, follow, may_be_empty: ends.may_be_empty })
    }

    /// Before the first element.
    pub(super) fn start(&self) -> State {
        State(None)
    }

    /// Whether an element of that name stands anywhere.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.names.iter().any(|own| own == name)
    }

    /// Behind an element of that name, if it may stand next.
    pub(super) fn step(&self, state: &State, name: &str) -> Option<State> {
        let next: BTreeSet<usize> = self.next(state).into_iter().filter(|&at| self.is(at, name)).collect();
        (!next.is_empty()).then_some(State(Some(next)))
    }

    /// The fewest elements that lack before one of that name may stand (or, without a name, before the end), and where one
    /// is then. `None` where it can never stand any more; at the end also where nothing lacks.
    pub(super) fn path(&self, state: &State, name: Option<&str>) -> Option<(Vec<String>, State)> {
        if name.is_none() && self.may_end(state) {
            return None;
        }
        let mut queue: VecDeque<(usize, Vec<usize>)> = self.next(state).into_iter().map(|at| (at, vec![])).collect();
        let mut seen: BTreeSet<usize> = queue.iter().map(|(at, _)| *at).collect();
        while let Some((at, mut path)) = queue.pop_front() {
            let there = State(Some([at].into()));
            path.push(at);
            let is_there = match name {
                Some(name) => self.is(at, name),
                None => self.last.contains(&at),
            };
            if is_there {
                let lacking = path.len() - usize::from(name.is_some());
                let names = path.iter().take(lacking).filter_map(|&at| self.names.get(at).cloned());
                return Some((names.collect(), there));
            }
            let next = self.next(&there).into_iter().filter(|next| seen.insert(*next));
            queue.extend(next.map(|next| (next, path.clone())).collect::<Vec<_>>());
        }
        None
    }

    fn is(&self, at: usize, name: &str) -> bool {
        self.names.get(at).is_some_and(|own| own == name)
    }

    fn may_end(&self, state: &State) -> bool {
        state.0.as_ref().map_or(self.may_be_empty, |at| at.iter().any(|at| self.last.contains(at)))
    }

    fn next(&self, state: &State) -> BTreeSet<usize> {
        match &state.0 {
            None => self.first.clone(),
            Some(at) => at.iter().filter_map(|&at| self.follow.get(at)).flatten().copied().collect(),
        }
    }
}

fn count(particle: &Particle, names: &mut Vec<String>) {
    match &particle.term {
        Term::Name(name) => names.push(name.clone()),
        Term::Sequence(all) | Term::Choice(all) => all.iter().for_each(|particle| count(particle, names)),
    }
}

/// Finds out what a particle begins and ends with; notes in `follow` what follows what inside of it.
fn ends(particle: &Particle, position: &mut usize, follow: &mut [BTreeSet<usize>]) -> Ends {
    let mut ends = match &particle.term {
        Term::Name(_) => {
            let at = *position;
            *position += 1;
            Ends { first: [at].into(), last: [at].into(), may_be_empty: false }
        }
        Term::Sequence(all) => {
            let nothing = Ends { first: BTreeSet::new(), last: BTreeSet::new(), may_be_empty: true };
            all.iter().fold(nothing, |before, particle| {
                let next = self::ends(particle, position, follow);
                join(before, next, follow)
            })
        }
        Term::Choice(all) => {
            let none = Ends { first: BTreeSet::new(), last: BTreeSet::new(), may_be_empty: false };
            all.iter().fold(none, |mut either, particle| {
                let one = self::ends(particle, position, follow);
                either.first.extend(one.first);
                either.last.extend(one.last);
                either.may_be_empty |= one.may_be_empty;
                either
            })
        }
    };
    if particle.repeated {
        connect(&ends.last, &ends.first, follow);
    }
    ends.may_be_empty |= particle.optional;
    ends
}

fn join(before: Ends, next: Ends, follow: &mut [BTreeSet<usize>]) -> Ends {
    connect(&before.last, &next.first, follow);
    let first = match before.may_be_empty {
        true => before.first.union(&next.first).copied().collect(),
        false => before.first,
    };
    let last = match next.may_be_empty {
        true => before.last.union(&next.last).copied().collect(),
        false => next.last,
    };
    Ends { first, last, may_be_empty: before.may_be_empty && next.may_be_empty }
}

fn connect(last: &BTreeSet<usize>, first: &BTreeSet<usize>, follow: &mut [BTreeSet<usize>]) {
    for &at in last {
        if let Some(follow) = follow.get_mut(at) {
            follow.extend(first);
        }
    }
}
