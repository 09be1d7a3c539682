//! The automaton of a regular expression: states with moves on characters; empty moves are resolved with the number of
//! ways in which they lead, since two ways over nothing are an ambiguity too.

use oxc::regular_expression::ast::{Disjunction, Pattern, Quantifier, Term};

use super::characters::Characters;

/// States of an automaton that is still judged; products of it have the square and the cube of that.
const STATES_MAX: usize = 400;
/// Empty moves that are followed from one state.
const STEPS_MAX: usize = 6_400;
/// Repetitions that are written out; more count as endless, which they are for a text of their length.
const COPIES_MAX: u64 = 16;

#[derive(Clone, Copy)]
pub struct Settings {
    pub ignores_case: bool,
    pub dot_is_all: bool,
}

/// A move on one character.
pub struct Move {
    pub on: Characters,
    pub to: usize,
    /// Whether there is more than one way for it: the engine tries each.
    pub doubled: bool,
}

pub struct Automaton {
    /// The moves of each state; state 0 is the start.
    pub moves: Vec<Vec<Move>>,
    /// Whether the match may end in the state, whatever text follows.
    pub accepts: Vec<bool>,
}

/// Nothing for expressions that can't be judged: too large, or with look-around, back-references or classes by property.
pub fn build(pattern: &Pattern<'_>, settings: Settings) -> Option<Automaton> {
    let mut builder = Builder { settings, empty: vec![Vec::new()], read: vec![None] };
    let end = builder.disjunction(&pattern.body, 0)?;
    Some(builder.finish(end))
}

/// States with empty moves, and at most one move on a character each.
struct Builder {
    settings: Settings,
    empty: Vec<Vec<Edge>>,
    read: Vec<Option<(Characters, usize)>>,
}

/// An empty move.
#[derive(Clone, Copy)]
struct Edge {
    to: usize,
    kind: EdgeKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum EdgeKind {
    Plain,
    /// Holds only in some places of the text (`$`, `\b`), so the match can fail there.
    Guarded,
    /// Into the body of a loop, named by its head, and back from its end. An engine gives up a round over nothing.
    Enter(usize),
    Back(usize),
}

impl Builder {
    fn state(&mut self) -> Option<usize> {
        if self.empty.len() >= STATES_MAX * 4 {
            return None;
        }
        self.empty.push(Vec::new());
        self.read.push(None);
        Some(self.empty.len() - 1)
    }

    fn link(&mut self, from: usize, to: usize) {
        self.join(from, to, EdgeKind::Plain);
    }

    fn join(&mut self, from: usize, to: usize, kind: EdgeKind) {
        self.empty[from].push(Edge { to, kind });
    }

    fn disjunction(&mut self, it: &Disjunction<'_>, from: usize) -> Option<usize> {
        let end = self.state()?;
        for alternative in &it.body {
            let mut at = self.state()?;
            self.link(from, at);
            for term in &alternative.body {
                at = self.term(term, at)?;
            }
            self.link(at, end);
        }
        Some(end)
    }

    fn term(&mut self, term: &Term<'_>, from: usize) -> Option<usize> {
        match term {
            Term::BoundaryAssertion(_) => {
                let to = self.state()?;
                self.join(from, to, EdgeKind::Guarded);
                Some(to)
            }
            Term::Quantifier(it) => self.repeat(it, from),
            Term::CapturingGroup(it) => self.disjunction(&it.body, from),
            Term::IgnoreGroup(it) if it.modifiers.is_none() => self.disjunction(&it.body, from),
            Term::Character(it) => self.read(from, Characters::of(vec![(it.value, it.value)])),
            Term::Dot(_) if self.settings.dot_is_all => self.read(from, Characters::any()),
            Term::Dot(_) => self.read(from, Characters::but_line_ends()),
            Term::CharacterClassEscape(it) => self.read(from, Characters::escape(it.kind)),
            Term::CharacterClass(it) => self.read(from, Characters::class(it)?),
            Term::LookAroundAssertion(_)
            | Term::IgnoreGroup(_)
            | Term::UnicodePropertyEscape(_)
            | Term::IndexedReference(_)
            | Term::NamedReference(_) => None,
        }
    }

    fn read(&mut self, from: usize, on: Characters) -> Option<usize> {
        let on = if self.settings.ignores_case { on.both_cases() } else { on };
        let (at, to) = (self.state()?, self.state()?);
        self.link(from, at);
        self.read[at] = Some((on, to));
        Some(to)
    }

    fn repeat(&mut self, it: &Quantifier<'_>, from: usize) -> Option<usize> {
        let written = it.min.min(COPIES_MAX);
        let mut at = from;
        for _ in 0..written {
            at = self.term(&it.body, at)?;
        }
        match it.max {
            Some(max) if max <= COPIES_MAX => {
                let end = self.state()?;
                for _ in written..max {
                    self.link(at, end);
                    at = self.term(&it.body, at)?;
                }
                self.link(at, end);
                Some(end)
            }
            _ => {
                let (head, end) = (self.state()?, self.state()?);
                self.link(at, head);
                self.link(head, end);
                let body = self.state()?;
                self.join(head, body, EdgeKind::Enter(head));
                let back = self.term(&it.body, body)?;
                self.join(back, head, EdgeKind::Back(head));
                Some(end)
            }
        }
    }

    /// Takes the empty moves out. States of the result are the start and those that a character leads to.
    fn finish(self, end: usize) -> Automaton {
        let mut number = vec![usize::MAX; self.empty.len()];
        number[0] = 0;
        let mut kept = vec![0];
        let mut automaton = Automaton { moves: Vec::new(), accepts: Vec::new() };
        while automaton.moves.len() < kept.len() {
            let reached = self.reach(kept[automaton.moves.len()]);
            let mut moves: Vec<Move> = Vec::new();
            for (state, ways) in reached.iter().enumerate().filter(|(_, ways)| ways.any > 0) {
                let Some((on, to)) = &self.read[state] else { continue };
                if number[*to] == usize::MAX {
                    number[*to] = kept.len();
                    kept.push(*to);
                }
                moves.push(Move { on: on.clone(), to: number[*to], doubled: ways.any > 1 });
            }
            automaton.moves.push(moves);
            automaton.accepts.push(reached[end].free > 0);
        }
        automaton
    }

    /// In how many ways (none, one, more) empty moves lead to each state.
    fn reach(&self, from: usize) -> Vec<Ways> {
        let mut walk = Walk { ways: vec![Ways::default(); self.empty.len()], entered: Vec::new(), steps: 0 };
        self.walk(from, false, &mut walk);
        walk.ways
    }

    fn walk(&self, at: usize, guarded: bool, walk: &mut Walk) {
        walk.steps += 1;
        let ways = &mut walk.ways[at];
        // Twice over a state is all that is asked for; further ways tell nothing new.
        if ways.any >= 2 && (guarded || ways.free >= 2) || walk.steps > STEPS_MAX {
            return;
        }
        ways.any = (ways.any + 1).min(2);
        ways.free = (ways.free + u8::from(!guarded)).min(2);
        for edge in &self.empty[at] {
            match edge.kind {
                EdgeKind::Back(head) if walk.entered.contains(&head) => {}
                EdgeKind::Enter(head) => {
                    walk.entered.push(head);
                    self.walk(edge.to, guarded, walk);
                    walk.entered.pop();
                }
                kind => self.walk(edge.to, guarded || kind == EdgeKind::Guarded, walk),
            }
        }
    }
}

/// A walk over empty moves.
struct Walk {
    ways: Vec<Ways>,
    /// The loops whose body it entered and reads nothing in.
    entered: Vec<usize>,
    steps: usize,
}

#[derive(Clone, Copy, Default)]
struct Ways {
    any: u8,
    /// Those that hold everywhere.
    free: u8,
}
