//! `binding('histogram')`: histograms of `perf_hooks`, by `hdrhistogram`, each a number that JavaScript gives back.

use crate::node::binder::Binder;
use std::cell::RefCell;

use hdrhistogram::Histogram;

use crate::node::buffer::view::index;
use crate::node::throw;

type Arguments<'s> = v8::FunctionCallbackArguments<'s>;
type Returned<'s> = v8::ReturnValue<'s>;

struct Counted {
    histogram: Histogram<u64>,
    /// Values above the highest that the histogram tells apart.
    exceeds: u64,
    highest: u64,
}

thread_local! {
    static HISTOGRAMS: RefCell<Vec<Option<Counted>>> = const { RefCell::new(Vec::new()) };
}

pub fn bind(to: &mut Binder<'_, '_, '_>) {
    to.function("create", create);
    to.function("close", close);
    to.function("record", record);
    to.function("reset", reset);
    to.function("add", add);
    to.function("summary", summary);
    to.function("percentile", percentile);
    to.function("percentiles", percentiles);
}

fn with<R>(number: usize, act: impl FnOnce(&mut Counted) -> R) -> Option<R> {
    HISTOGRAMS.with_borrow_mut(|histograms| Some(act(histograms.get_mut(number)?.as_mut()?)))
}

fn number(args: &Arguments<'_>, at: i32) -> u64 {
    index(args.get(at)) as u64
}

/// `create(lowest, highest, figures)`
fn create<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let (lowest, highest) = (number(&args, 0), number(&args, 1));
    let histogram = match Histogram::new_with_bounds(lowest, highest, number(&args, 2) as u8) {
        Ok(histogram) => histogram,
        Err(error) => return throw(scope, "ERR_INVALID_ARG_VALUE", &format!("no such histogram: {error}")),
    };
    let counted = Counted { histogram, exceeds: 0, highest };
    let place = HISTOGRAMS.with_borrow_mut(|histograms| {
        let free = histograms.iter().position(Option::is_none).unwrap_or(histograms.len());
        if free == histograms.len() {
            histograms.push(None);
        }
        histograms[free] = Some(counted);
        free
    });
    rv.set_uint32(place as u32);
}

fn close<'s>(_: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    HISTOGRAMS.with_borrow_mut(|histograms| {
        if let Some(place) = histograms.get_mut(index(args.get(0))) {
            *place = None;
        }
    });
}

/// `record(histogram, value)`
fn record<'s>(_: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    let value = number(&args, 1);
    with(index(args.get(0)), |counted| {
        if value > counted.highest || counted.histogram.record(value).is_err() {
            counted.exceeds += 1;
        }
    });
}

fn reset<'s>(_: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    with(index(args.get(0)), |counted| {
        counted.histogram.reset();
        counted.exceeds = 0;
    });
}

/// `add(histogram, other)`
fn add<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, _: Returned<'_>) {
    let other = with(index(args.get(1)), |other| (other.histogram.clone(), other.exceeds));
    let Some((other, exceeds)) = other else { return };
    let added = with(index(args.get(0)), |counted| {
        counted.exceeds += exceeds;
        counted.histogram.add(&other)
    });
    if let Some(Err(error)) = added {
        throw(scope, "ERR_OUT_OF_RANGE", &format!("the histograms cannot be added: {error}"));
    }
}

/// `[count, min, max, mean, stddev, exceeds]`
fn summary<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let values = with(index(args.get(0)), |Counted { histogram, exceeds, .. }| {
        [
            histogram.len() as f64,
            histogram.min() as f64,
            histogram.max() as f64,
            histogram.mean(),
            histogram.stdev(),
            *exceeds as f64,
        ]
    });
    let Some(values) = values else { return };
    let values = values.map(|value| v8::Number::new(scope, value).into());
    rv.set(v8::Array::new_with_elements(scope, &values).into());
}

/// `percentile(histogram, percentile)`
fn percentile<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let wanted = args.get(1).number_value(scope).unwrap_or(0.0);
    if let Some(value) = with(index(args.get(0)), |counted| counted.histogram.value_at_percentile(wanted)) {
        rv.set_double(value as f64);
    }
}

/// The percentiles and their values, alternating.
fn percentiles<'s>(scope: &mut v8::PinScope<'s, '_>, args: Arguments<'s>, mut rv: Returned<'_>) {
    let values = with(index(args.get(0)), |counted| {
        let steps = counted.histogram.iter_quantiles(1);
        steps
            .flat_map(|step| [step.quantile_iterated_to() * 100.0, step.value_iterated_to() as f64])
            .collect::<Vec<f64>>()
    });
    let values: Vec<_> =
        values.unwrap_or_default().into_iter().map(|value| v8::Number::new(scope, value).into()).collect();
    rv.set(v8::Array::new_with_elements(scope, &values).into());
}
