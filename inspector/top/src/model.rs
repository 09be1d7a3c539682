//! What is shown: rates over the last minute, lateness, sites, handles, stalls.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rondo_protocol::callback::Callback;
use rondo_protocol::command::Status;
use rondo_protocol::stall::Stall;
use rondo_protocol::state::LoopState;
use rondo_protocol::stats::SiteStats;

use crate::feed::Update;

/// Points of a rate that are kept, two a second.
pub const POINTS_MAX: usize = 240;
/// Stalls that are kept.
const STALLS_MAX: usize = 500;
/// Upper bounds of the bars of lateness, in microseconds; the last bar is everything above.
pub const LAG_BOUNDS_US: [u64; 9] = [50, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 250_000];
/// The time after which the counts of lateness have faded to a half.
const LAG_HALF_LIFE: Duration = Duration::from_secs(10);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    Total,
    Count,
    P50,
    P99,
    Max,
    Waited,
    Stalls,
}

impl Sort {
    pub const ALL: [Sort; 7] = [Sort::Total, Sort::Count, Sort::P50, Sort::P99, Sort::Max, Sort::Waited, Sort::Stalls];

    pub fn key(self, site: &SiteStats) -> u64 {
        match self {
            Sort::Total => site.total_us,
            Sort::Count => site.count,
            Sort::P50 => site.p50_us,
            Sort::P99 => site.p99_us,
            Sort::Max => site.max_us,
            Sort::Waited => site.queue_p99_us,
            Sort::Stalls => site.stalls,
        }
    }

    pub fn step(self, by: usize) -> Sort {
        let at = Sort::ALL.iter().position(|one| *one == self).unwrap_or(0);
        Sort::ALL[(at + by) % Sort::ALL.len()]
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    Sites,
    Stalls,
}

pub enum Link {
    Waiting,
    Connected,
    Lost(String),
}

#[derive(Default)]
pub struct Rates {
    pub turns: VecDeque<u64>,
    pub callbacks: VecDeque<u64>,
    /// Percent.
    pub busy: VecDeque<u64>,
}

pub struct Model {
    pub address: String,
    pub title: String,
    pub link: Link,
    pub is_paused: bool,
    pub shows_help: bool,
    pub sort: Sort,
    pub panel: Panel,
    /// The first row shown of each panel.
    pub scroll: [usize; 2],
    pub state: Option<LoopState>,
    pub status: Option<Status>,
    pub sites: Vec<SiteStats>,
    /// Newest first.
    pub stalls: VecDeque<Stall>,
    pub stalls_total: u64,
    pub rates: Rates,
    pub lag: [f64; LAG_BOUNDS_US.len() + 1],
    lag_at: Instant,
    callbacks: u64,
    counted_at: Option<(Instant, u64)>,
}

impl Model {
    pub fn new(address: String) -> Model {
        Model {
            address,
            title: String::new(),
            link: Link::Waiting,
            is_paused: false,
            shows_help: false,
            sort: Sort::Total,
            panel: Panel::Sites,
            scroll: [0, 0],
            state: None,
            status: None,
            sites: Vec::new(),
            stalls: VecDeque::new(),
            stalls_total: 0,
            rates: Rates::default(),
            lag: Default::default(),
            lag_at: Instant::now(),
            callbacks: 0,
            counted_at: None,
        }
    }

    pub fn update(&mut self, update: Update) {
        match update {
            Update::Connected { title } => {
                self.title = title;
                self.link = Link::Connected;
                self.counted_at = None;
            }
            Update::Lost(reason) => {
                self.link = Link::Lost(reason);
                self.status = None;
            }
            // While the picture stands still only what must not be missed is kept.
            Update::Stall(stall) => self.stalled(*stall),
            _ if self.is_paused => {}
            Update::Ran { callbacks, dropped } => self.ran(&callbacks, dropped),
            Update::State(state) => self.changed(*state),
            Update::Status(status) => self.status = Some(*status),
            Update::Sites(sites) => {
                self.sites = sites;
                self.order();
            }
        }
    }

    pub fn order(&mut self) {
        let sort = self.sort;
        self.sites.sort_by_key(|site| std::cmp::Reverse(sort.key(site)));
    }

    fn stalled(&mut self, stall: Stall) {
        self.stalls_total += 1;
        self.stalls.push_front(stall);
        self.stalls.truncate(STALLS_MAX);
    }

    fn ran(&mut self, callbacks: &[Callback], dropped: u64) {
        self.callbacks += callbacks.len() as u64 + dropped;
        let fade = 0.5_f64.powf(self.lag_at.elapsed().as_secs_f64() / LAG_HALF_LIFE.as_secs_f64());
        self.lag_at = Instant::now();
        self.lag.iter_mut().for_each(|bar| *bar *= fade);
        for waited in callbacks.iter().filter_map(|callback| callback.queue_us) {
            let bar = LAG_BOUNDS_US.iter().position(|bound| waited < *bound).unwrap_or(LAG_BOUNDS_US.len());
            self.lag[bar] += 1.0;
        }
    }

    fn changed(&mut self, state: LoopState) {
        let now = Instant::now();
        if let Some((then, turn)) = self.counted_at {
            let seconds = (now - then).as_secs_f64().max(0.001);
            let rate = |count: u64| (count as f64 / seconds).round() as u64;
            push(&mut self.rates.turns, rate(state.turn.saturating_sub(turn)));
            push(&mut self.rates.callbacks, rate(self.callbacks));
            push(&mut self.rates.busy, (state.utilization * 100.0).round() as u64);
        }
        self.callbacks = 0;
        self.counted_at = Some((now, state.turn));
        self.state = Some(state);
    }

    /// Forgets what was counted so far.
    pub fn forget(&mut self) {
        self.rates = Rates::default();
        self.lag = Default::default();
        self.stalls.clear();
        self.stalls_total = 0;
        self.scroll = [0, 0];
    }

    pub fn scroll_by(&mut self, by: isize) {
        let (place, count) = match self.panel {
            Panel::Sites => (0, self.sites.len()),
            Panel::Stalls => (1, self.stalls.len()),
        };
        self.scroll[place] = self.scroll[place].saturating_add_signed(by).min(count.saturating_sub(1));
    }
}

fn push(points: &mut VecDeque<u64>, point: u64) {
    points.push_back(point);
    if points.len() > POINTS_MAX {
        points.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::{Model, POINTS_MAX, Sort, push};
    use std::collections::VecDeque;

    #[test]
    fn points_have_a_limit() {
        let mut points = VecDeque::new();
        (0..POINTS_MAX as u64 + 3).for_each(|point| push(&mut points, point));
        assert_eq!((points.len(), points[0]), (POINTS_MAX, 3));
    }

    #[test]
    fn sorting_goes_round_and_scrolling_stops_at_the_ends() {
        assert_eq!(Sort::Stalls.step(1), Sort::Total);
        assert_eq!(Sort::Total.step(Sort::ALL.len() - 1), Sort::Stalls);
        let mut model = Model::new(String::new());
        model.scroll_by(5);
        assert_eq!(model.scroll, [0, 0]);
    }
}
