// Results as a table in Markdown: medians over the rounds, and each runtime as a share of the bare C server or of Node.
'use strict';

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const ROWS = [
  { workload: 'hello', field: 'perSecond', title: 'HTTP hello, answers/s', base: 'epoll' },
  { workload: 'hello', field: 'cpuUs', title: 'HTTP hello, µs of server CPU each', base: 'epoll' },
  { workload: 'hello', field: 'p99Us', title: 'HTTP hello, p99 µs' },
  { workload: 'echo', field: 'perSecond', title: 'net echo 64 B, answers/s', base: 'epoll' },
  { workload: 'echo', field: 'cpuUs', title: 'net echo, µs of server CPU each', base: 'epoll' },
  { workload: 'echo', field: 'p99Us', title: 'net echo, p99 µs' },
  { workload: 'ws', field: 'perSecond', title: 'ws echo 64 B, answers/s', base: 'node' },
  { workload: 'ws', field: 'cpuUs', title: 'ws echo, µs of server CPU each', base: 'node' },
  { workload: 'ws', field: 'p99Us', title: 'ws echo, p99 µs' },
  { workload: 'idle', field: 'bytesPerConnection', title: 'idle HTTP connection, bytes', base: 'node' },
  { workload: 'start', field: 'ms', title: 'start of an empty script, ms', base: 'node' },
];
const COLUMNS = ['epoll', 'rondo', 'node', 'bun', 'bun native', 'deno'];

function cell(results, { workload, field, base }, runtime) {
  const of = (name) => results.filter((r) => r.workload === workload && r.runtime === name && r[field] !== undefined)
    .map((r) => r[field]);
  const numbers = of(runtime);
  if (numbers.length === 0) return results.some((r) => r.workload === workload && r.runtime === runtime) ? 'failed' : '';
  const value = median(numbers);
  const text = value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value < 10 ? 2 : 1);
  const bases = base === undefined || base === runtime ? [] : of(base);
  return bases.length === 0 ? text : `${text} (${(value / median(bases)).toFixed(2)})`;
}

// In brackets: the share of the bare server (hello, echo) or of Node (the others).
function table(results, { rounds, seconds, connections, idle, cores, model }) {
  const lines = [
    `Medians of ${rounds} rounds of ${seconds} s, ${connections} connections, ${idle} idle ones; ${model}, ${cores} cores.`,
    'In brackets the share of the bare C server (hello, echo) or of Node (the rest).',
    '',
    `| | ${COLUMNS.join(' | ')} |`,
    `| --- | ${COLUMNS.map(() => '---:').join(' | ')} |`,
  ];
  for (const row of ROWS) {
    if (!results.some((r) => r.workload === row.workload)) continue;
    lines.push(`| ${row.title} | ${COLUMNS.map((runtime) => cell(results, row, runtime)).join(' | ')} |`);
  }
  return `${lines.join('\n')}\n`;
}

// The cost of the records: in each round a share of the same round without them; then the median of the rounds.
function recordsTable(results) {
  const share = (workload, name, field) => {
    const of = (runtime) => results.filter((r) => r.workload === workload && r.runtime === runtime && r[field] !== undefined);
    const bases = new Map(of('records off').map((r) => [r.round, r[field]]));
    const shares = of(name).filter((r) => bases.has(r.round)).map((r) => r[field] / bases.get(r.round));
    if (shares.length === 0) return 'failed';
    const spread = shares.toSorted((a, b) => a - b);
    return `${median(shares).toFixed(3)} (${spread[0].toFixed(3)} to ${spread.at(-1).toFixed(3)})`;
  };
  const workloads = ['hello', 'echo'].filter((name) => results.some((r) => r.workload === `records ${name}`));
  if (workloads.length === 0) return '';
  const rows = workloads.flatMap((name) => [['perSecond', 'answers/s'], ['cpuUs', 'server CPU each']].map(([field, title]) =>
    `| ${name}, ${title} | ${share(`records ${name}`, 'records on', field)} | ${share(`records ${name}`, 'client attached', field)} |`));
  const head = ['The records of the loop, as a share of `--no-loop-records` in the same round: median (least to most).', '',
    '| | records on | and an idle client attached |', '| --- | ---: | ---: |'];
  return `\n${[...head, ...rows].join('\n')}\n`;
}

module.exports = { recordsTable, table };
