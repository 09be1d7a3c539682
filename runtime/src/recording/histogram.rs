//! Distributions of times, a few kilobytes each.

use hdrhistogram::Histogram;

/// Times above this count as this: one hour.
const TIME_US_MAX: u64 = 3_600_000_000;

/// Microseconds, to two digits.
pub struct Times {
    histogram: Histogram<u32>,
    pub total_us: u64,
}

impl Default for Times {
    fn default() -> Times {
        let mut histogram = Histogram::new(2).expect("two digits are within what the histogram can do");
        histogram.auto(true);
        Times { histogram, total_us: 0 }
    }
}

impl Times {
    pub fn record(&mut self, us: u64) {
        let us = us.min(TIME_US_MAX);
        self.total_us += us;
        // It grows with what it is given; there is nothing that it cannot hold.
        let _ = self.histogram.record(us);
    }

    pub fn count(&self) -> u64 {
        self.histogram.len()
    }

    pub fn quantile(&self, quantile: f64) -> u64 {
        if self.histogram.is_empty() { 0 } else { self.histogram.value_at_quantile(quantile) }
    }

    pub fn max(&self) -> u64 {
        self.histogram.max()
    }
}

#[cfg(test)]
mod tests {
    use super::Times;

    #[test]
    fn quantiles_are_within_a_percent() {
        let mut times = Times::default();
        assert_eq!((times.quantile(0.5), times.max()), (0, 0));
        (1..=1000).for_each(|us| times.record(us));
        assert!(times.quantile(0.5).abs_diff(500) <= 5 && times.quantile(0.99).abs_diff(990) <= 10);
        assert_eq!((times.count(), times.total_us), (1000, 500_500));
    }
}
