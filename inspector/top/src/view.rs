//! Draws the picture. What does not fit is left out, the most telling stays.

use std::collections::VecDeque;

use ratatui::Frame;
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Cell, Clear, Paragraph, Row, Sparkline, Table, Wrap};
use rondo_protocol::site::Site;
use rondo_protocol::stall::{CauseClass, Stall};
use rondo_protocol::stats::SiteStats;

use crate::model::{LAG_BOUNDS_US, Link, Model, Panel, Sort};

/// Below this nothing can be read.
const WIDTH_MIN: u16 = 40;
const HEIGHT_MIN: u16 = 10;
/// From these sizes on there is room for the second column and for the rates.
const WIDTH_WIDE: u16 = 96;
const HEIGHT_TALL: u16 = 20;
/// From this width on a title has room for a summary.
const WIDTH_SUMMARY: u16 = 72;
/// Below this the stalls keep their most telling columns.
const WIDTH_NARROW: u16 = 84;
/// A callback that runs so long is worth a word in the first line, in microseconds.
const STUCK_US_MIN: u64 = 50_000;
const ACCENT: Color = Color::Cyan;
const HURT: Color = Color::LightRed;

pub fn draw(frame: &mut Frame, model: &mut Model) {
    let area = frame.area();
    if area.width < WIDTH_MIN || area.height < HEIGHT_MIN {
        let text = format!("rondo top needs {WIDTH_MIN}×{HEIGHT_MIN} characters");
        return frame.render_widget(Paragraph::new(text).wrap(Wrap { trim: true }), area);
    }
    let tall = area.height >= HEIGHT_TALL;
    let rates = Constraint::Length(if tall { 5 } else { 1 });
    let stalls = Constraint::Length((area.height / 3).clamp(4, 14));
    let [head, rate, middle, bottom, foot] =
        Layout::vertical([Constraint::Length(1), rates, Constraint::Min(3), stalls, Constraint::Length(1)]).areas(area);
    draw_head(frame, model, head);
    if tall {
        draw_rates(frame, model, rate)
    } else {
        draw_rate_line(frame, model, rate)
    }
    if area.width >= WIDTH_WIDE {
        let [left, right] = Layout::horizontal([Constraint::Min(50), Constraint::Length(36)]).areas(middle);
        draw_sites(frame, model, left);
        draw_side(frame, model, right);
    } else {
        draw_sites(frame, model, middle);
    }
    draw_stalls(frame, model, bottom);
    draw_foot(frame, model, foot);
    if model.shows_help {
        draw_help(frame, area);
    }
}

fn draw_head(frame: &mut Frame, model: &Model, area: Rect) {
    let mut spans = vec![" rondo top ".bold().fg(Color::Black).bg(ACCENT), " ".into()];
    // Why there is no connection is worth more room than what it was to.
    if !matches!(model.link, Link::Lost(_)) {
        spans.push(format!("{}  ", short(&model.title, usize::from(area.width) / 2)).into());
    }
    spans.push(format!("{}  ", model.address).dim());
    match &model.link {
        Link::Waiting => spans.push("connecting…".dim()),
        Link::Lost(reason) => spans.push(format!("not connected: {reason}; trying again").fg(HURT)),
        Link::Connected if model.is_paused => spans.push("paused".bold().fg(Color::Yellow)),
        Link::Connected => spans.push(running(model)),
    }
    frame.render_widget(Line::from(spans), area);
}

/// What the thread does now, which is known even while it is stuck.
fn running(model: &Model) -> Span<'static> {
    let Some(status) = &model.status else { return "".into() };
    match &status.running {
        _ if status.paused => "stopped in the debugger".bold().fg(Color::Yellow),
        Some(running) if running.elapsed_us >= STUCK_US_MIN => {
            let op = running.native_op.as_ref().map(|op| format!(" in {op}")).unwrap_or_default();
            format!("HELD for {} by a {}{op}", time(running.elapsed_us), running.kind.as_str()).bold().fg(HURT)
        }
        _ if status.idle => "idle".dim(),
        _ => status.phase.as_str().to_owned().fg(ACCENT),
    }
}

fn last(points: &VecDeque<u64>) -> u64 {
    points.back().copied().unwrap_or(0)
}

fn draw_rate_line(frame: &mut Frame, model: &Model, area: Rect) {
    let rates = &model.rates;
    let lag = model.state.as_ref().map(|state| format!(" · lag p99 {}", time(state.lag.p99_us))).unwrap_or_default();
    let text = format!(
        " {} turns/s · {} callbacks/s · busy {} %{lag}",
        count(last(&rates.turns)),
        count(last(&rates.callbacks)),
        last(&rates.busy)
    );
    frame.render_widget(Line::from(text), area);
}

fn draw_rates(frame: &mut Frame, model: &Model, area: Rect) {
    let columns = Layout::horizontal([Constraint::Ratio(1, 3); 3]).split(area);
    let rates = &model.rates;
    let busy = last(&rates.busy);
    let busy_colour = if busy >= 90 { HURT } else { Color::Green };
    let graphs = [
        (format!(" turns/s {} ", count(last(&rates.turns))), &rates.turns, None, ACCENT),
        (format!(" callbacks/s {} ", count(last(&rates.callbacks))), &rates.callbacks, None, ACCENT),
        (format!(" busy {busy} % "), &rates.busy, Some(100), busy_colour),
    ];
    for ((title, points, max, colour), column) in graphs.into_iter().zip(columns.iter()) {
        let room = usize::from(column.width.saturating_sub(2));
        let shown: Vec<u64> = points.iter().skip(points.len().saturating_sub(room)).copied().collect();
        let mut graph = Sparkline::default().data(shown).style(Style::new().fg(colour)).block(frame_of(title, false));
        if let Some(max) = max {
            graph = graph.max(max);
        }
        frame.render_widget(graph, *column);
    }
}

fn frame_of(title: String, is_chosen: bool) -> Block<'static> {
    let style = if is_chosen { Style::new().fg(ACCENT) } else { Style::new().fg(Color::DarkGray) };
    Block::new().borders(Borders::ALL).border_style(style).title(Span::from(title).fg(Color::Reset))
}

fn draw_sites(frame: &mut Frame, model: &mut Model, area: Rect) {
    let mut title = format!(" callbacks by line ({}) ", model.sites.len());
    // Without the column at the side these are told here.
    if frame.area().width < WIDTH_WIDE
        && area.width >= WIDTH_SUMMARY
        && let Some(state) = &model.state
    {
        let (timers, handles, requests) = (state.timers.len(), state.handles.len(), state.requests.len());
        let late = time(state.lag.p99_us);
        title += &format!("· late p99 {late} · {timers} timers · {handles} handles · {requests} requests ");
    }
    let block = frame_of(title, model.panel == Panel::Sites);
    if model.sites.is_empty() {
        let text = "Nothing yet: callbacks appear here once the program has scheduled some.";
        return frame.render_widget(Paragraph::new(text).dim().wrap(Wrap { trim: true }).block(block), area);
    }
    model.scroll[0] = model.scroll[0].min(model.sites.len() - 1);
    let columns: Vec<&Column> = COLUMNS.iter().filter(|column| column.from_width <= area.width).collect();
    let head = columns.iter().map(|column| {
        let chosen = column.sort == Some(model.sort);
        let style = if chosen { Style::new().fg(ACCENT).bold() } else { Style::new().fg(Color::DarkGray) };
        Cell::from(if chosen { format!("{}▾", column.name) } else { column.name.to_owned() }).style(style)
    });
    let rows = model.sites.iter().skip(model.scroll[0]).take(usize::from(area.height)).map(|site| {
        Row::new(columns.iter().map(|column| {
            let hurts = site.stalls > 0 && matches!(column.sort, Some(Sort::Max | Sort::Stalls));
            Cell::from((column.text)(site)).style(if hurts { Style::new().fg(HURT) } else { Style::new() })
        }))
    });
    let widths = columns.iter().map(|column| match column.width {
        0 => Constraint::Min(12),
        width => Constraint::Length(width),
    });
    let head = Row::new(head.collect::<Vec<_>>());
    frame.render_widget(Table::new(rows, widths).header(head).column_spacing(1).block(block), area);
}

/// A column of the sites, shown where there is room for it.
struct Column {
    name: &'static str,
    sort: Option<Sort>,
    /// 0 for all that is left.
    width: u16,
    from_width: u16,
    text: fn(&SiteStats) -> String,
}

const fn column(
    name: &'static str,
    sort: Option<Sort>,
    width: u16,
    from_width: u16,
    text: fn(&SiteStats) -> String,
) -> Column {
    Column { name, sort, width, from_width, text }
}

/// A narrow terminal keeps the total, the longest and the line.
const COLUMNS: [Column; 9] = [
    column("total", Some(Sort::Total), 8, 0, |site| time(site.total_us)),
    column("count", Some(Sort::Count), 6, 50, |site| count(site.count)),
    column("p50", Some(Sort::P50), 7, 110, |site| time(site.p50_us)),
    column("p99", Some(Sort::P99), 7, 72, |site| time(site.p99_us)),
    column("max", Some(Sort::Max), 7, 0, |site| time(site.max_us)),
    column("waited", Some(Sort::Waited), 7, 84, |site| time(site.queue_p99_us)),
    column("stalls", Some(Sort::Stalls), 7, 60, |site| match site.stalls {
        0 => String::new(),
        stalls => stalls.to_string(),
    }),
    column("kind", None, 10, 120, |site| site.kind.as_str().to_owned()),
    column("line", None, 0, 0, |site| place(&site.site)),
];

fn draw_side(frame: &mut Frame, model: &Model, area: Rect) {
    let bars = LAG_BOUNDS_US.len() as u16 + 2;
    let [top, bottom] =
        Layout::vertical([Constraint::Length((bars + 1).min(area.height)), Constraint::Min(0)]).areas(area);
    draw_lag(frame, model, top);
    if bottom.height < 3 {
        return;
    }
    let Some(state) = &model.state else { return };
    let title = format!(" handles {} · requests {} ", state.handles.len(), state.requests.len());
    let timers = (!state.timers.is_empty()).then(|| Line::from(format!("{} timers", state.timers.len())));
    let handles =
        grouped(state.handles.iter().map(|handle| {
            format!("{} {}", handle.kind, handle.resource.as_deref().unwrap_or("")).trim_end().to_owned()
        }));
    let requests = grouped(state.requests.iter().map(|request| {
        format!("{} {}", request.kind.as_str(), request.resource.as_deref().unwrap_or("")).trim_end().to_owned()
    }));
    let lines: Vec<Line> = requests
        .into_iter()
        .map(|line| Line::from(line).fg(ACCENT))
        .chain(timers)
        .chain(handles.into_iter().map(Line::from))
        .collect();
    frame.render_widget(Paragraph::new(lines).block(frame_of(title, false)), bottom);
}

/// The same words once, with how often.
fn grouped(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for word in words {
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    counts.into_iter().map(|(word, count)| if count > 1 { format!("{word} ×{count}") } else { word }).collect()
}

fn draw_lag(frame: &mut Frame, model: &Model, area: Rect) {
    let lag = model.state.as_ref().map(|state| state.lag).unwrap_or_default();
    let title = format!(" late: p50 {} · p99 {} ", time(lag.p50_us), time(lag.p99_us));
    let most = model.lag.iter().copied().fold(1.0, f64::max);
    let room = f64::from(area.width.saturating_sub(14));
    let lines: Vec<Line> = (0..model.lag.len())
        .map(|bar| {
            let name = match LAG_BOUNDS_US.get(bar) {
                Some(bound) => format!("< {}", time(*bound)),
                None => format!("≥ {}", time(LAG_BOUNDS_US[LAG_BOUNDS_US.len() - 1])),
            };
            let colour = if bar + 2 >= model.lag.len() { HURT } else { ACCENT };
            // A square root keeps few late callbacks visible beside many that are in time.
            let length = ((model.lag[bar] / most).sqrt() * room).round() as usize;
            Line::from(vec![format!("{name:>10} ").dim(), "█".repeat(length).fg(colour)])
        })
        .collect();
    frame.render_widget(Paragraph::new(lines).block(frame_of(title, false)), area);
}

fn draw_stalls(frame: &mut Frame, model: &mut Model, area: Rect) {
    let title = format!(" stalls ({}) ", model.stalls_total);
    let block = frame_of(title, model.panel == Panel::Stalls);
    if model.stalls.is_empty() {
        return frame.render_widget(Paragraph::new("None since this view is connected.").dim().block(block), area);
    }
    model.scroll[1] = model.scroll[1].min(model.stalls.len() - 1);
    let rows = model.stalls.iter().skip(model.scroll[1]).take(usize::from(area.height)).map(|stall| {
        let line = stall.line.as_ref().map_or_else(|| "no line".to_owned(), place);
        let victims = format!("{} waited {}", stall.victims.count, time(stall.victims.wait_total_us));
        let colour = if stall.cause.class == CauseClass::External { Color::Yellow } else { HURT };
        Row::new([
            Cell::from(clock(stall)).style(Style::new().fg(Color::DarkGray)),
            Cell::from(time(stall.callback.duration_us.unwrap_or(0))).style(Style::new().fg(colour).bold()),
            Cell::from(line),
            Cell::from(cause(stall)),
            Cell::from(format!("in {}", stall.callback.kind.as_str())),
            Cell::from(victims),
        ])
    });
    let (kind, victims) = if area.width >= WIDTH_NARROW { (12, 22) } else { (0, 0) };
    let widths = [
        Constraint::Length(8),
        Constraint::Length(8),
        Constraint::Fill(3),
        Constraint::Fill(2),
        Constraint::Length(kind),
        Constraint::Length(victims),
    ];
    frame.render_widget(Table::new(rows, widths).column_spacing(1).block(block), area);
}

fn cause(stall: &Stall) -> String {
    let class = match stall.cause.class {
        CauseClass::Js => "JavaScript",
        CauseClass::Builtin => "builtin",
        CauseClass::Native => "native",
        CauseClass::Gc => "collection",
        CauseClass::NextTick => "nextTick",
        CauseClass::Microtask => "microtasks",
        CauseClass::Load => "loading",
        CauseClass::Turn => "long turn",
        CauseClass::External => "external",
        CauseClass::Unknown => "unknown",
    };
    match &stall.cause.op {
        Some(op) => op.clone(),
        None => class.to_owned(),
    }
}

/// When it began, in UTC as servers log.
fn clock(stall: &Stall) -> String {
    let seconds = stall.callback.started_at.unwrap_or(0) / 1_000_000;
    format!("{:02}:{:02}:{:02}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
}

fn draw_foot(frame: &mut Frame, model: &Model, area: Rect) {
    let pause = if model.is_paused { " go on" } else { " pause" };
    let keys = [
        ("q", " quit"),
        ("space", pause),
        ("s", " sort"),
        ("tab", " panel"),
        ("↑↓", " scroll"),
        ("c", " clear"),
        ("?", " help"),
    ];
    let mut spans = vec![Span::from(" ")];
    for (key, does) in keys {
        spans.push(key.bold().fg(ACCENT));
        spans.push(format!("{does}  ").dim());
    }
    frame.render_widget(Line::from(spans), area);
}

const HELP: &str = "\
q, Esc, Ctrl-C   leave
space            stand still, go on (stalls are still noted)
s, S             sort by the next, the previous column
tab              choose what is scrolled
↑ ↓ PgUp PgDn    scroll; Home goes to the first row
c                forget what was counted
? or h           close this

total, count, p50, p99, max are of the last 8192 callbacks;
waited is how late 99 of 100 of them began at most.
late: how long callbacks waited that were ready, fading
with a half-life of 10 s. Times of stalls are UTC.";

fn draw_help(frame: &mut Frame, area: Rect) {
    let (width, height) = (62.min(area.width), 16.min(area.height));
    let place = Rect::new(area.x + (area.width - width) / 2, area.y + (area.height - height) / 2, width, height);
    frame.render_widget(Clear, place);
    let text = Paragraph::new(HELP).alignment(Alignment::Left).block(frame_of(" keys ".to_owned(), true));
    frame.render_widget(text.style(Style::new().add_modifier(Modifier::empty())), place);
}

fn place(site: &Site) -> String {
    if site.function_name.is_empty() { site.short() } else { format!("{} {}", site.short(), site.function_name) }
}

/// The end of a long title, which tells more than its beginning.
fn short(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width {
        text.to_owned()
    } else {
        format!("…{}", text.chars().skip(length + 1 - width.max(1)).collect::<String>())
    }
}

fn count(count: u64) -> String {
    match count {
        0..10_000 => count.to_string(),
        10_000..10_000_000 => format!("{}k", count / 1000),
        _ => format!("{}M", count / 1_000_000),
    }
}

/// At most seven characters.
fn time(us: u64) -> String {
    match us {
        0..1000 => format!("{us} µs"),
        1000..10_000 => format!("{:.1} ms", us as f64 / 1e3),
        10_000..1_000_000 => format!("{} ms", us / 1000),
        _ => format!("{:.1} s", us as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    fn picture(width: u16, height: u16, model: &mut Model) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a backend in memory");
        terminal.draw(|frame| draw(frame, model)).expect("a backend in memory");
        terminal.backend().to_string()
    }

    #[test]
    fn every_size_is_drawn() {
        let mut model = Model::new("127.0.0.1:9229".to_owned());
        for (width, height) in [(1, 1), (40, 10), (60, 19), (96, 20), (300, 80)] {
            let text = picture(width, height, &mut model);
            assert!(width < 40 || text.contains("stalls (0)"), "{text}");
        }
        model.shows_help = true;
        assert!(picture(80, 24, &mut model).contains("forget what was counted"));
    }

    #[test]
    fn times_are_short() {
        assert_eq!([time(999), time(9900), time(412_000), time(61_000_000)], ["999 µs", "9.9 ms", "412 ms", "61.0 s"]);
        assert_eq!(short("/a/long/path.js", 8), "…path.js");
    }
}
