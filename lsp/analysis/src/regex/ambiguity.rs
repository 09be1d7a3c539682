//! Looks for text that an automaton can read in more and more ways, by the product of the automaton with itself.

use std::collections::HashMap;

use super::Growth;
use super::automaton::Automaton;

/// Pairs and triples of states that are looked at before the expression counts as too large.
const PRODUCT_MAX: usize = 60_000;

pub fn growth(automaton: &Automaton) -> Growth {
    if automaton.moves.len() > 400 {
        return Growth::Unknown;
    }
    let pumps: Vec<usize> = (0..automaton.moves.len()).filter(|state| can_fail(automaton, *state)).collect();
    let mut unknown = false;
    for state in &pumps {
        match comes_back_in_two_ways(automaton, *state) {
            Some(true) => return Growth::Exponential,
            Some(false) => {}
            None => unknown = true,
        }
    }
    for state in &pumps {
        match loops_into_another(automaton, *state) {
            Some(true) => return Growth::Polynomial,
            Some(false) => {}
            None => unknown = true,
        }
    }
    if unknown { Growth::Unknown } else { Growth::Linear }
}

/// Whether some text after the state makes the match fail: where the match may end at once it never does.
fn can_fail(automaton: &Automaton, state: usize) -> bool {
    !automaton.accepts[state]
}

/// Exponential ambiguity: from the pair (q, q) some text leads over a pair of different states, or over a doubled move,
/// back to (q, q).
fn comes_back_in_two_ways(automaton: &Automaton, start: usize) -> Option<bool> {
    let first = (start, start, false);
    let mut seen = HashMap::from([(first, ())]);
    let mut waiting = vec![first];
    while let Some((a, b, split)) = waiting.pop() {
        if seen.len() > PRODUCT_MAX {
            return None;
        }
        for (i, left) in automaton.moves[a].iter().enumerate() {
            for (j, right) in automaton.moves[b].iter().enumerate() {
                if !left.on.meets(&right.on) {
                    continue;
                }
                let apart = split || left.to != right.to || (a == b && (i != j || left.doubled));
                if apart && left.to == start && right.to == start {
                    return Some(true);
                }
                let next = (left.to, right.to, apart);
                if seen.insert(next, ()).is_none() {
                    waiting.push(next);
                }
            }
        }
    }
    Some(false)
}

/// Polynomial ambiguity: some text leads from q to q, from q to another state r, and from r to r.
fn loops_into_another(automaton: &Automaton, start: usize) -> Option<bool> {
    let looping = |state: usize| reaches(automaton, state, state);
    if !looping(start) {
        return Some(false);
    }
    let others: Vec<usize> = (0..automaton.moves.len())
        .filter(|other| {
            *other != start && can_fail(automaton, *other) && looping(*other) && reaches(automaton, start, *other)
        })
        .collect();
    for other in others {
        if same_text(automaton, [start, start, other], [start, other, other])? {
            return Some(true);
        }
    }
    Some(false)
}

fn reaches(automaton: &Automaton, from: usize, to: usize) -> bool {
    let mut seen = vec![false; automaton.moves.len()];
    let mut waiting = vec![from];
    while let Some(at) = waiting.pop() {
        for step in &automaton.moves[at] {
            if step.to == to {
                return true;
            }
            if !std::mem::replace(&mut seen[step.to], true) {
                waiting.push(step.to);
            }
        }
    }
    false
}

/// Whether one text, not empty, leads each of the three states to its goal.
fn same_text(automaton: &Automaton, from: [usize; 3], to: [usize; 3]) -> Option<bool> {
    let mut seen = HashMap::from([(from, ())]);
    let mut waiting = vec![from];
    while let Some([a, b, c]) = waiting.pop() {
        if seen.len() > PRODUCT_MAX {
            return None;
        }
        for first in &automaton.moves[a] {
            for second in &automaton.moves[b] {
                let both = first.on.intersection(&second.on);
                if both.is_empty() {
                    continue;
                }
                for third in automaton.moves[c].iter().filter(|third| third.on.meets(&both)) {
                    let next = [first.to, second.to, third.to];
                    if next == to {
                        return Some(true);
                    }
                    if seen.insert(next, ()).is_none() {
                        waiting.push(next);
                    }
                }
            }
        }
    }
    Some(false)
}
