//! The report in the terminal: one block for each cause, the most damaging first.

use std::fmt::Write;
use std::io::IsTerminal;
use std::path::Path;

use rondo_protocol::callback::{Callback, Shares};
use rondo_protocol::stall::{CauseClass, Stall};

use crate::profile::budget::Verdict;
use crate::profile::groups::{self, Group, duration_us};
use crate::profile::hints;
use crate::profile::source::{Sources, place};
use crate::recording::trace::Trace;

/// Blocks that are printed; the files have all.
const BLOCKS_MAX: usize = 20;
/// Steps of a chain that are printed.
const CHAIN_MAX: usize = 6;
/// Shares below this are not worth a word.
const SHARE_MIN: f64 = 0.005;

#[derive(Clone, Copy)]
pub struct Style {
    colours: bool,
}

impl Style {
    pub fn of_stderr() -> Style {
        let forced = std::env::var_os("FORCE_COLOR").is_some_and(|value| value != "0");
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Style { colours: forced || (std::io::stderr().is_terminal() && !refused) }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    fn red(self, text: &str) -> String {
        self.paint("1;31", text)
    }
}

pub fn report(trace: &Trace, style: Style) -> String {
    let groups = groups::of(&trace.stalls);
    let mut text = format!("\n{}\n", style.bold(&summary(trace, groups.len())));
    let mut sources = Sources::default();
    for group in groups.iter().take(BLOCKS_MAX) {
        block(&mut text, group, &mut sources, style);
    }
    if groups.len() > BLOCKS_MAX {
        let _ = writeln!(text, "\n{} more are in the files.", groups.len() - BLOCKS_MAX);
    }
    text
}

fn summary(trace: &Trace, causes: usize) -> String {
    let span_ns = (trace.ended_ns - trace.began_ns).max(1);
    let busy = (trace.busy_ns as f64 / span_ns as f64).min(1.0) * 100.0;
    let stalls = match (trace.stalls_total(), causes) {
        (0, _) => "no stalls".to_owned(),
        (1, _) => "1 stall".to_owned(),
        (count, 1) => format!("{count} stalls of one cause"),
        (count, causes) => format!("{count} stalls of {causes} causes"),
    };
    let threshold = crate::core::try_core().map_or(0, |core| core.doorway.slot.threshold_ns() / 1_000_000);
    format!(
        "rondo profile: {stalls} over {threshold} ms in {:.1} s · {} callbacks in {} turns · loop busy {busy:.0} %",
        span_ns as f64 / 1e9,
        trace.callbacks_total,
        trace.turns,
    )
}

fn block(text: &mut String, group: &Group<'_>, sources: &mut Sources, style: Style) {
    let stall = group.worst;
    let (count, total, max) = group.waited();
    let harm = match count {
        0 => "nobody waited".to_owned(),
        _ => format!("kept {count} waiting, {} in all, {} the longest", time(total), time(max)),
    };
    let head = format!("STALL {}", stall.fingerprint);
    let times = if group.stalls.len() > 1 { format!(" ×{}", group.stalls.len()) } else { String::new() };
    let took = format!("{}{times}", time(duration_us(stall)));
    let _ = writeln!(text, "\n{}  {}  {}  {harm}", style.red(&head), style.bold(&took), cause(stall));
    lines(text, stall, sources, style);
    let callback = &stall.callback;
    let on = callback.resource.as_ref().map(|resource| format!(" of {resource}")).unwrap_or_default();
    let request = stall.request.as_ref().map(|request| format!(" for {request}")).unwrap_or_default();
    let worker = stall.worker.as_ref().map(|worker| format!(" of {worker}")).unwrap_or_default();
    let _ = writeln!(text, "  in {}{on}{worker}{request}{}", callback.kind.as_str(), late(callback));
    origin(text, stall);
    if let Some(shares) = &callback.shares {
        let _ = writeln!(text, "  {}", shares_text(shares));
    }
    let sure = match stall.confidence {
        c if c >= 0.9 => "high",
        c if c >= 0.7 => "good: the call before the line where the engine could be interrupted again",
        c if c >= 0.5 => "medium: the function is right, the line may be a later one",
        _ => "low: only the callback's function is known",
    };
    let skid = format!("{} samples, skid {}, confidence {sure}", stall.samples.len(), time(stall.skid_us));
    let _ = writeln!(text, "  {}", style.dim(&skid));
    let _ = writeln!(text, "  hint: {}", hints::of(stall));
}

fn lines(text: &mut String, stall: &Stall, sources: &mut Sources, style: Style) {
    let Some(site) = &stall.line else {
        let _ = writeln!(text, "  no JavaScript was seen");
        return;
    };
    let _ = writeln!(text, "  {}", style.bold(&place(site)));
    let excerpt = sources.excerpt(site, 1);
    let indent = excerpt.iter().filter(|(_, line)| !line.trim().is_empty());
    let indent = indent.map(|(_, line)| line.len() - line.trim_start().len()).min().unwrap_or(0);
    for (number, line) in &excerpt {
        let code = line.get(indent..).unwrap_or("");
        let mark = if *number == site.line_number + 1 { ">" } else { " " };
        let row = format!("  {mark} {number:>4} | {code}");
        let _ = writeln!(text, "{}", if mark == ">" { row } else { style.dim(&row) });
    }
}

/// Who scheduled it, and what caused that.
fn origin(text: &mut String, stall: &Stall) {
    if let Some(site) = stall.callback.scheduled_by.as_ref().and_then(|stack| stack.first()) {
        let _ = writeln!(text, "  scheduled by {}", place(site));
    }
    let steps: Vec<String> = stall.chain.iter().take(CHAIN_MAX).map(step).collect();
    if !steps.is_empty() {
        let more = if stall.chain.len() > CHAIN_MAX { " <- …" } else { "" };
        let _ = writeln!(text, "  caused by {}{more}", steps.join(" <- "));
    }
}

fn step(callback: &Callback) -> String {
    let site = callback.definition.as_ref().or(callback.scheduled_by.as_ref().and_then(|stack| stack.first()));
    let site = site.map(|site| format!(" {}", site.short())).unwrap_or_default();
    let resource = callback.resource.as_ref().map(|resource| format!(" {resource}")).unwrap_or_default();
    format!("{}{resource}{site}", callback.kind.as_str())
}

fn late(callback: &Callback) -> String {
    match callback.queue_us {
        Some(queue_us) if queue_us >= 1000 => format!(", {} late itself", time(queue_us)),
        _ => String::new(),
    }
}

pub fn cause(stall: &Stall) -> String {
    let class = class_name(stall.cause.class);
    let joint = if stall.cause.class == CauseClass::External { ", while it ran " } else { " " };
    let op = stall.cause.op.as_ref().map(|op| format!("{joint}{op}")).unwrap_or_default();
    let detail = stall.cause.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
    format!("{class}{op}{detail}")
}

pub fn class_name(class: CauseClass) -> &'static str {
    match class {
        CauseClass::Js => "JavaScript",
        CauseClass::Builtin => "a builtin of the engine",
        CauseClass::Native => "native operation",
        CauseClass::Gc => "garbage collection",
        CauseClass::NextTick => "nextTick drain",
        CauseClass::Microtask => "microtask drain",
        CauseClass::Load => "loading of modules",
        CauseClass::Turn => "long turn",
        CauseClass::External => "external: the machine, not the code",
        CauseClass::Unknown => "unknown",
    }
}

/// The shares with their names, the largest first.
pub fn named_shares(shares: &Shares) -> Vec<(&'static str, f64)> {
    let mut named = vec![
        ("js", shares.js),
        ("builtin", shares.builtin),
        ("gc", shares.gc),
        ("native", shares.native),
        ("nextTick", shares.next_tick),
        ("microtask", shares.microtask),
        ("load", shares.load),
        ("not running", shares.run_queue),
        ("blocked", shares.blocked),
    ];
    named.sort_by(|a, b| b.1.total_cmp(&a.1));
    named
}

fn shares_text(shares: &Shares) -> String {
    let named = named_shares(shares).into_iter().filter(|(_, share)| *share >= SHARE_MIN);
    named.map(|(name, share)| format!("{name} {:.0} %", share * 100.0)).collect::<Vec<_>>().join("  ")
}

/// `412 ms`, `31.2 s`, `0.4 ms`.
pub fn time(us: u64) -> String {
    match us {
        0..10_000 => format!("{:.1} ms", us as f64 / 1e3),
        10_000..10_000_000 => format!("{} ms", us / 1000),
        _ => format!("{:.1} s", us as f64 / 1e6),
    }
}

pub fn files(folder: &Path, of_cpu: &str) -> String {
    format!(
        "\n{0}/report.html             open it in a browser\n{0}/stalls.jsonl            each stall, one line of JSON\n{0}/trace.perfetto-trace    for ui.perfetto.dev; trace.chrome.json is the same for older tools\n{0}/cpu.cpuprofile          what ran during {of_cpu}, for DevTools",
        folder.display()
    )
}

pub fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Passed { allowed: 0 } => "stall budget: kept".to_owned(),
        Verdict::Passed { allowed } => format!("stall budget: kept, {allowed} known stalls were let pass"),
        Verdict::Exceeded(stalls) => format!("stall budget: EXCEEDED\n  {}", stalls.join("\n  ")),
        Verdict::Inconclusive(stalls) => {
            format!("stall budget: inconclusive, the machine interfered\n  {}", stalls.join("\n  "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Style, report, time};
    use crate::profile::budget::tests::stall;
    use crate::recording::trace::Trace;

    #[test]
    fn one_block_for_each_cause() {
        let mut trace = Trace::new(0).ended(2_000_000_000);
        trace.stalls = vec![stall("aa", "js", 60_000), stall("bb", "native", 90_000), stall("aa", "js", 80_000)];
        trace.stalls[0].victims.wait_total_us = 5;
        trace.stalls[0].victims.count = 1;
        let text = report(&trace, Style { colours: false });
        let heads: Vec<&str> = text.lines().filter(|line| line.starts_with("STALL")).collect();
        assert_eq!(
            heads,
            [
                "STALL aa  80 ms ×2  JavaScript  kept 1 waiting, 0.0 ms in all, 0.0 ms the longest",
                "STALL bb  90 ms  native operation  nobody waited"
            ]
        );
        assert!(text.contains("3 stalls of 2 causes"), "{text}");
    }

    #[test]
    fn times_have_three_digits_or_less_before_the_unit() {
        assert_eq!([time(400), time(412_000), time(31_200_000)], ["0.4 ms", "412 ms", "31.2 s"]);
    }
}
