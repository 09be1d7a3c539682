// How numbers and places are written for people.
import type { Callback, Site } from './protocol';

/** `240 µs`, `3.2 ms`, `184 ms`, `2.41 s`. */
export function duration(us: number): string {
  const size = Math.abs(us);
  if (size < 1000) return `${Math.round(us)} µs`;
  if (size < 10_000) return `${(us / 1000).toFixed(1)} ms`;
  if (size < 1_000_000) return `${Math.round(us / 1000)} ms`;
  return `${(us / 1_000_000).toFixed(size < 10_000_000 ? 2 : 1)} s`;
}

/** `app.js:12`, 1-based. */
export function place(site: Site): string {
  return `${fileName(site.url)}:${site.lineNumber + 1}`;
}

/** `poll() app.js:12`; without a name only the place. */
export function namedPlace(site: Site): string {
  return site.functionName === '' ? place(site) : `${site.functionName}() ${place(site)}`;
}

/** The last part of a path or address, without its query. */
export function fileName(url: string): string {
  const path = url.replace(/[?#].*$/, '');
  const name = path.slice(path.lastIndexOf('/') + 1);
  try { return decodeURIComponent(name); } catch { return name; }
}

const KIND_NAMES: Record<string, string> = {
  timeout: 'setTimeout', interval: 'setInterval', immediate: 'setImmediate', nextTick: 'process.nextTick',
};

/** What people call a kind of callback: `setTimeout`, `fs`, `read`. */
export function kindName(kind: string): string {
  return KIND_NAMES[kind] ?? kind;
}

/** The line of a user's script that a callback belongs to: who scheduled it, else where its function is written. */
export function siteOf(callback: Pick<Callback, 'scheduledBy' | 'definition'>): Site | undefined {
  return callback.scheduledBy?.find(isUsers) ?? (callback.definition && isUsers(callback.definition) ? callback.definition : undefined);
}

/** Whether a place can be opened: scripts of the runtime itself have `node:` addresses. */
export function isUsers(site: Site): boolean {
  return site.url.startsWith('file:') || site.url.startsWith('/');
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
