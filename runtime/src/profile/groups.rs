//! Stalls of one cause at one line, seen as one thing and ranked by the damage that they did.

use rondo_protocol::stall::Stall;

pub struct Group<'a> {
    /// The one that took longest stands for all.
    pub worst: &'a Stall,
    /// In the order in which they happened.
    pub stalls: Vec<&'a Stall>,
}

impl Group<'_> {
    pub fn took_us(&self) -> impl Iterator<Item = u64> {
        self.stalls.iter().map(|stall| duration_us(stall))
    }

    /// How many waited, how long in all, and how long the one that waited longest.
    pub fn waited(&self) -> (u64, u64, u64) {
        self.stalls.iter().fold((0, 0, 0), |(count, total, max), stall| {
            let victims = &stall.victims;
            (count + victims.count, total + victims.wait_total_us, max.max(victims.wait_max_us))
        })
    }

    /// What others waited counts first; where nobody waited, the time itself.
    fn damage(&self) -> (u64, u64) {
        (self.waited().1, self.took_us().sum())
    }
}

pub fn duration_us(stall: &Stall) -> u64 {
    stall.callback.duration_us.unwrap_or(0)
}

/// The groups, the one with most damage first.
pub fn of(stalls: &[Stall]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for stall in stalls {
        match groups.iter_mut().find(|group| group.worst.fingerprint == stall.fingerprint) {
            Some(group) => {
                group.stalls.push(stall);
                if duration_us(stall) > duration_us(group.worst) {
                    group.worst = stall;
                }
            }
            None => groups.push(Group { worst: stall, stalls: vec![stall] }),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.damage()));
    groups
}
