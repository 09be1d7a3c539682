// The report around the timeline: verdict, numbers, stalls, the panel of one stall, the table of sites, the legend.
'use strict';

const data = JSON.parse(document.getElementById('data').textContent);
const { meta, stalls } = data;
const byId = (id) => document.getElementById(id);
const SHARE_COLOURS = {
  js: '#e0703f', builtin: '#d9953b', native: '#a264c7', gc: '#c9a227', nextTick: '#d6568d', microtask: '#c2478f', load: '#8a8f3c', blocked: '#5b7fc7', 'not running': '#8b929b',
};
/** Samples' frames that are drawn below each other. */
const FLAME_DEPTH_MAX = 14;

/** An element with children; text is always text. */
function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

const number = (value) => value.toLocaleString('en-US');
const percent = (share) => `${share >= 0.995 || share < 0.1 ? +(share * 100).toFixed(1) : Math.round(share * 100)} %`;

// Stalls of one fingerprint, by damage as the terminal ranks them.
const groups = [];
for (const stall of stalls) {
  const group = groups[stall.rank] ??= { stalls: [], worst: stall, waited: 0, count: 0 };
  group.stalls.push(stall);
  group.waited += stall.victims.totalUs;
  group.count += stall.victims.count;
  if (stall.tookUs > group.worst.tookUs) group.worst = stall;
}

let selected;
const timeline = new Timeline(data, {
  canvas: byId('lanes'), overview: byId('overview'), tip: byId('tip'), range: byId('range'),
}, select);

function select(stall, reveal = true) {
  selected = stall;
  timeline.select(stall, reveal);
  for (const row of byId('stalls').children) row.setAttribute('aria-current', String(row.group === groups[stall.rank]));
  drawDetail(stall);
}

function drawHead() {
  byId('command').textContent = meta.command;
  byId('when').textContent = `${new Date(meta.beganAtMs).toLocaleString()} · pid ${meta.pid} · rondo ${meta.version}`;
  document.title = `${meta.command || 'rondo'} · rondo profile`;
  const verdict = byId('verdict');
  const threshold = formatTime(meta.thresholdUs);
  const [worst] = groups;
  if (!worst) {
    verdict.append(make('h1', { className: 'good' }, make('b', {}, 'Nothing'), ` held the loop for ${threshold} or longer.`));
    verdict.append(make('p', {}, `${number(meta.callbacks)} callbacks ran in ${formatTime(meta.spanUs)}.`));
    return;
  }
  const { worst: stall } = worst;
  const times = worst.stalls.length > 1 ? ` ${worst.stalls.length} times, for ${formatTime(stall.tookUs)} at most` : ` for ${formatTime(stall.tookUs)}`;
  const where = stall.class === 'external' ? 'The machine, not the code,' : shortPlace(stall.line) || `A callback of kind ${stall.kind}`;
  const loop = stall.worker ? `the loop of ${stall.worker}` : 'the loop';
  verdict.append(make('h1', {}, make('b', {}, where), ` held ${loop}${times}.`));
  const waited = worst.count ? `${number(worst.count)} others waited, ${formatTime(worst.waited)} in all. ` : 'Nobody else waited. ';
  verdict.append(make('p', {}, `${stall.cause[0].toUpperCase()}${stall.cause.slice(1)}, in ${about(stall)}. ${waited}`, stall.hint[0].toUpperCase(), stall.hint.slice(1), '.'));
}

function about(stall) {
  return `${stall.kind}${stall.resource ? ` of ${stall.resource}` : ''}${stall.worker ? ` of ${stall.worker}` : ''}${stall.request ? ` for ${stall.request}` : ''}`;
}

function drawNumbers() {
  const held = stalls.filter((stall) => !stall.worker).reduce((sum, stall) => sum + stall.tookUs, 0);
  const waited = stalls.reduce((sum, stall) => sum + stall.victims.totalUs, 0);
  const cells = [
    [number(meta.stalls), `stalls over ${formatTime(meta.thresholdUs)}`],
    [formatTime(held), 'held by stalls'],
    [formatTime(waited), 'waited by others'],
    [percent(Math.min(1, meta.busyUs / Math.max(1, meta.spanUs))), 'of the time the loop was busy'],
    [number(meta.callbacks), 'callbacks'],
    [number(meta.turns), 'turns'],
    [formatTime(meta.spanUs), 'recorded'],
  ];
  byId('numbers').append(...cells.map(([value, name]) => make('div', {}, make('b', {}, value), make('span', {}, name))));
}

function drawStalls() {
  byId('stallcount').textContent = groups.length ? `${groups.length} cause${groups.length > 1 ? 's' : ''}, by damage` : '';
  const rows = groups.map((group) => {
    const stall = group.worst;
    const row = make('button', { className: `stall ${stall.class}`, type: 'button', group },
      make('span', { className: 'took' }, formatTime(stall.tookUs)),
      make('span', { className: 'at', title: stall.line ?? '' }, stall.line ? shortPlace(stall.line) : stall.kind),
      make('span', { className: 'times' }, group.stalls.length > 1 ? `×${group.stalls.length}` : ''),
      make('span', { className: 'why' }, `${stall.cause} · ${group.count ? `${number(group.count)} waited ${formatTime(group.waited)}` : 'nobody waited'}`));
    row.addEventListener('click', () => select(stall));
    return row;
  });
  byId('stalls').append(...rows);
  if (rows.length === 0) byId('stalls').append(make('p', { className: 'soft', style: 'padding:0 10px' }, 'None.'));
}

function drawDetail(stall) {
  const group = groups[stall.rank];
  const panel = make('div', {});
  panel.append(make('div', { className: 'head' }, make('b', {}, formatTime(stall.tookUs)), make('span', { className: `chip ${stall.class}` }, stall.cause), make('span', { className: 'soft' }, `${stall.fingerprint} · turn ${number(stall.turn)} · ${occurrence(group, stall)}`)));
  panel.append(make('h3', {}, 'Line'), make('code', {}, stall.line ?? 'no JavaScript was seen'));
  if (stall.excerpt.length > 0) {
    panel.append(make('div', { className: 'source' }, ...stall.excerpt.map(([line, text]) => make('div', { className: line === stall.lineNumber ? 'guilty' : '' }, make('i', {}, String(line)), text))));
  }
  panel.append(make('h3', {}, 'Where the time went'), ...sharesOf(stall));
  panel.append(make('h3', {}, 'Who caused it'), chainOf(stall));
  panel.append(make('h3', {}, 'Who waited'), victimsOf(stall));
  if (stall.samples.length > 0) panel.append(make('h3', {}, `Samples (${stall.samples.length}), width is time, innermost last`), flameOf(stall));
  const sure = stall.confidence >= 0.9 ? 'high' : stall.confidence >= 0.5 ? 'medium: the function is right, the line may be a later one' : 'low: only the function of the callback is known';
  panel.append(make('h3', {}, 'How sure this is'), make('div', {}, `Confidence ${sure}. The longest wait for a sample was ${formatTime(stall.skidUs)}.`));
  panel.append(make('div', { className: 'hint' }, stall.hint[0].toUpperCase() + stall.hint.slice(1) + '.'));
  byId('detail').replaceChildren(panel);
}

function occurrence(group, stall) {
  return group.stalls.length === 1 ? 'once' : `${group.stalls.indexOf(stall) + 1} of ${group.stalls.length} (n, p)`;
}

function sharesOf(stall) {
  const shown = stall.shares.filter(([, share]) => share >= 0.002);
  const bar = make('div', { className: 'shares' }, ...shown.map(([name, share]) => make('div', { title: `${name} ${percent(share)}`, style: `flex:${share};background:${SHARE_COLOURS[name]}` })));
  const key = make('div', { className: 'key' }, ...shown.map(([name, share]) => make('span', {}, make('i', { style: `background:${SHARE_COLOURS[name]}` }), `${name} ${percent(share)}`)));
  return shown.length ? [bar, key] : [make('span', { className: 'soft' }, 'Not known for a turn of many callbacks.')];
}

function chainOf(stall) {
  const list = make('ul', { className: 'chain' });
  const item = (first, rest) => list.append(make('li', {}, first, rest ? make('code', {}, rest) : ''));
  item(`${about(stall)} `, stall.scheduledBy[0] ? `scheduled by ${stall.scheduledBy[0]}` : '');
  for (const step of stall.chain) item(`${step.kind}${step.resource ? ` of ${step.resource}` : ''} `, step.site ?? (step.scheduledBy[0] ? `scheduled by ${step.scheduledBy[0]}` : ''));
  return list;
}

function victimsOf(stall) {
  const { count, totalUs, maxUs, top } = stall.victims;
  if (count === 0) return make('div', { className: 'soft' }, 'Nobody.');
  const list = make('ul', { className: 'chain' });
  for (const victim of top) list.append(make('li', {}, `${victim.kind} waited ${formatTime(victim.waitedUs ?? 0)} `, make('code', {}, victim.site ?? victim.scheduledBy[0] ?? '')));
  return make('div', {}, `${number(count)} callbacks, ${formatTime(totalUs)} in all, ${formatTime(maxUs)} the longest.`, list);
}

/** Neighbouring samples that share frames become one block each; a sample lasts until the next. */
function flameOf(stall) {
  const end = stall.fromUs + stall.tookUs;
  const parts = stall.samples.map(([at, stack], index) => ({
    stack: [...stack].reverse(), took: Math.max(1, index === 0 ? at - stall.fromUs : at - stall.samples[index - 1][0]), at,
  }));
  const last = parts.at(-1);
  if (last && end > last.at) last.took += end - last.at;
  const depth = Math.min(FLAME_DEPTH_MAX, Math.max(...parts.map((part) => part.stack.length)));
  const flame = make('div', { className: 'flame' });
  for (let level = 0; level < depth; level++) {
    const row = make('div', {});
    const blocks = [];
    for (const part of parts) {
      const path = part.stack.length > level ? part.stack.slice(0, level + 1).join('\n') : undefined;
      const before = blocks.at(-1);
      if (before && before.path === path) before.took += part.took;
      else blocks.push({ path, took: part.took, frame: part.stack[level] });
    }
    for (const { path, took, frame } of blocks) {
      const hue = frame ? [...frame].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 40, 7) : 0;
      row.append(make('span', { className: path ? '' : 'gap', title: frame ? `${frame}\n${formatTime(took)}` : '', style: `flex:${took} 1 0;background:hsl(${14 + hue} 78% 70%)` }, frame ? frameName(frame) : ''));
    }
    flame.append(row);
  }
  return flame;
}

function frameName(frame) {
  const space = frame.lastIndexOf(' ');
  const name = space > 0 && /:\d+:\d+ /.test(frame) ? frame.slice(space + 1) : '(anonymous)';
  return `${name} ${shortPlace(frame.replace(/ [^ ]*$/, (rest) => (rest.includes('/') ? rest : '')))}`;
}

const COLUMNS = [
  ['site', (row) => row.site ?? '(not known)', (row) => row.site ?? ''],
  ['kind', (row) => row.kind],
  ['count', (row) => number(row.count), (row) => row.count],
  ['total', (row) => formatTime(row.totalUs), (row) => row.totalUs],
  ['p50', (row) => formatTime(row.p50Us), (row) => row.p50Us],
  ['p99', (row) => formatTime(row.p99Us), (row) => row.p99Us],
  ['max', (row) => formatTime(row.maxUs), (row) => row.maxUs],
  ['waited p50', (row) => (row.queueKnown ? formatTime(row.queueP50Us) : '–'), (row) => row.queueP50Us],
  ['waited p99', (row) => (row.queueKnown ? formatTime(row.queueP99Us) : '–'), (row) => row.queueP99Us],
  ['stalls', (row) => (row.stalls ? String(row.stalls) : ''), (row) => row.stalls],
];
let sorted = { column: 3, ascending: false };

function drawSites() {
  const [, text, value = text] = COLUMNS[sorted.column];
  const order = (a, b) => (typeof value(a) === 'string' ? value(a).localeCompare(value(b)) : value(a) - value(b));
  const rows = [...data.table].sort((a, b) => (sorted.ascending ? order(a, b) : order(b, a)));
  const head = make('tr', {}, ...COLUMNS.map(([name], column) => {
    const cell = make('th', { scope: 'col', tabIndex: 0 }, name + (column === sorted.column ? (sorted.ascending ? ' ↑' : ' ↓') : ''));
    if (column === sorted.column) cell.setAttribute('aria-sort', sorted.ascending ? 'ascending' : 'descending');
    const sort = () => {
      sorted = { column, ascending: column === sorted.column ? !sorted.ascending : column < 2 };
      drawSites();
    };
    cell.addEventListener('click', sort);
    cell.addEventListener('keydown', (event) => { if (event.key === 'Enter') sort(); });
    return cell;
  }));
  const hurts = (row, name) => (name === 'stalls' && row.stalls > 0) || (name === 'max' && row.maxUs >= meta.thresholdUs);
  const body = rows.map((row) => make('tr', {}, ...COLUMNS.map(([name, cell]) => make('td', { className: hurts(row, name) ? 'hurt' : '' }, cell(row)))));
  byId('sites').replaceChildren(make('thead', {}, head), make('tbody', {}, ...body));
}

function drawLegend() {
  const { sums } = data;
  const folded = sums.list.reduce((sum, [, , count]) => sum + count, 0);
  const lines = [
    'Every callback was timed by the monotonic clock, one reading between neighbours. Durations and waits are exact to a microsecond; percentiles are from histograms of two digits.',
    `A stall is a callback, or a turn of many, that took ${formatTime(meta.thresholdUs)} or longer. While one lasts, the thread is interrupted every 5 ms and its stack taken; nothing is sampled otherwise. The skid is how long an interrupt waited: inside a call into the engine or a native operation it waits until that returns, and the line is then the one that called it where the operation was marked.`,
    'Who waited: timers are exact, each was due at a known time. Sockets are an upper bound: they were ready at the first look after the stall, and are taken to have waited all of it.',
    'Where the time went sums to the whole. “not running” is time in which the system gave the thread no processor, “blocked” time in which it waited for something it had asked for. Native operations and drains are timed by a clock that ticks every 1 to 4 ms.',
    `Who scheduled something is known for the first 5000 in each second. ${folded ? `Callbacks shorter than ${formatTime(sums.belowUs)} (${number(folded)} of ${number(meta.callbacks)}) are shown as sums by time and kind; they count in the table of sites.` : 'All callbacks are in the timeline.'}`,
  ];
  byId('legend').append(make('h2', {}, 'How these numbers were got'), ...lines.map((line) => make('p', {}, line)));
}

function step(by) {
  const order = [...stalls].sort((a, b) => a.fromUs - b.fromUs);
  if (order.length === 0) return;
  const at = order.indexOf(selected);
  select(order[(at + by + order.length) % order.length]);
}

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const keys = {
    '+': () => timeline.zoom(0.6), '=': () => timeline.zoom(0.6), '-': () => timeline.zoom(1 / 0.6), 0: () => timeline.show(0, timeline.span),
    ArrowLeft: () => timeline.move(-0.2), ArrowRight: () => timeline.move(0.2), n: () => step(1), p: () => step(-1),
  };
  const act = keys[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

drawHead();
drawNumbers();
drawStalls();
drawSites();
drawLegend();
if (groups[0]) select(groups[0].worst, false);
else byId('detail').append(make('p', { className: 'soft' }, 'Callbacks can be looked at in the timeline: point at one.'));
