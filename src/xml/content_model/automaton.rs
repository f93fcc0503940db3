//! The order of child elements as positions and what may follow each: one step a child, whatever the model.

use super::{Particle, Term, VecDeque};

/// How many names a model may hold; one with more is not held against anything. XEPs need 22.
const MAX_POSITIONS: usize = 128;

/// A set of positions: a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Positions(u128);

impl Positions {
    fn one(at: usize) -> Positions {
        Positions(1 << (at % MAX_POSITIONS))
    }

    fn and(self, other: Positions) -> Positions {
        Positions(self.0 | other.0)
    }

    fn both(self, other: Positions) -> Positions {
        Positions(self.0 & other.0)
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The positions, from the first to the last.
    fn iter(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let at = left.trailing_zeros() as usize;
            left &= left.wrapping_sub(1);
            (at < MAX_POSITIONS).then_some(at)
        })
    }
}

/// Each name of a particle is a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Automaton {
    names: Vec<String>,
    first: Positions,
    last: Positions,
    follow: Vec<Positions>,
    may_be_empty: bool,
}

/// Where in the order one is: the positions that the last element can be; none yet at the start.
#[derive(Clone, Copy, Debug)]
pub(super) struct State(Option<Positions>);

/// What a particle begins and ends with.
struct Ends {
    first: Positions,
    last: Positions,
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
        let mut follow = vec![Positions::default(); names.len()];
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
        let fits = self.next(state).iter().filter(|&at| self.is(at, name));
        let next = fits.fold(Positions::default(), |all, at| all.and(Positions::one(at)));
        (!next.is_empty()).then_some(State(Some(next)))
    }

    /// The fewest elements that lack before one of that name may stand (or, without a name, before the end), and where one
    /// is then. `None` where it can never stand any more; at the end also where nothing lacks.
    pub(super) fn path(&self, state: &State, name: Option<&str>) -> Option<(Vec<String>, State)> {
        if name.is_none() && self.may_end(state) {
            return None;
        }
        let mut seen = self.next(state);
        let mut queue: VecDeque<(usize, Vec<usize>)> = seen.iter().map(|at| (at, vec![])).collect();
        while let Some((at, mut path)) = queue.pop_front() {
            let there = State(Some(Positions::one(at)));
            path.push(at);
            let is_there = match name {
                Some(name) => self.is(at, name),
                None => !self.last.both(Positions::one(at)).is_empty(),
            };
            if is_there {
                let lacking = path.len() - usize::from(name.is_some());
                let names = path.iter().take(lacking).filter_map(|&at| self.names.get(at).cloned());
                return Some((names.collect(), there));
            }
            let next = Positions(self.next(&there).0 & !seen.0);
            seen = seen.and(next);
            queue.extend(next.iter().map(|next| (next, path.clone())));
        }
        None
    }

    fn is(&self, at: usize, name: &str) -> bool {
        self.names.get(at).is_some_and(|own| own == name)
    }

    fn may_end(&self, state: &State) -> bool {
        state.0.map_or(self.may_be_empty, |at| !at.both(self.last).is_empty())
    }

    fn next(&self, state: &State) -> Positions {
        match state.0 {
            None => self.first,
            Some(at) => {
                let follow = at.iter().filter_map(|at| self.follow.get(at));
                follow.fold(Positions::default(), |all, next| all.and(*next))
            }
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
fn ends(particle: &Particle, position: &mut usize, follow: &mut [Positions]) -> Ends {
    let mut ends = match &particle.term {
        Term::Name(_) => {
            let at = *position;
            *position += 1;
            Ends { first: Positions::one(at), last: Positions::one(at), may_be_empty: false }
        }
        Term::Sequence(all) => {
            let nothing = Ends { first: Positions::default(), last: Positions::default(), may_be_empty: true };
            all.iter().fold(nothing, |before, particle| {
                let next = self::ends(particle, position, follow);
                join(before, next, follow)
            })
        }
        Term::Choice(all) => {
            let none = Ends { first: Positions::default(), last: Positions::default(), may_be_empty: false };
            all.iter().fold(none, |mut either, particle| {
                let one = self::ends(particle, position, follow);
                either.first = either.first.and(one.first);
                either.last = either.last.and(one.last);
                either.may_be_empty |= one.may_be_empty;
                either
            })
        }
    };
    if particle.repeated {
        connect(ends.last, ends.first, follow);
    }
    ends.may_be_empty |= particle.optional;
    ends
}

fn join(before: Ends, next: Ends, follow: &mut [Positions]) -> Ends {
    connect(before.last, next.first, follow);
    let first = match before.may_be_empty {
        true => before.first.and(next.first),
        false => before.first,
    };
    let last = match next.may_be_empty {
        true => before.last.and(next.last),
        false => next.last,
    };
    Ends { first, last, may_be_empty: before.may_be_empty && next.may_be_empty }
}

fn connect(last: Positions, first: Positions, follow: &mut [Positions]) {
    for at in last.iter() {
        if let Some(follow) = follow.get_mut(at) {
            *follow = follow.and(first);
        }
    }
}
