// Golden transcripts of conversations: ids, places and times are masked; UPDATE_GOLDEN=1 writes them anew.
import assert from 'node:assert';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Events that come when they like: they are asserted apart from the transcript. */
const UNORDERED = new Set(['output', 'loadedSource', 'loop/stateChanged', 'loop/stall', 'loop/target', 'process']);

function masked(value, name = '') {
  if (Array.isArray(value)) return value.map((one) => masked(one));
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, masked(inner, key)]));
  }
  // As deep as the runtime's own scripts are below the program's.
  if (name === 'totalFrames') return '<frames>';
  if (typeof value === 'number' && value !== 0 && /^(id|frameId|variablesReference|targetId|sourceReference|port)$/.test(name)) return '<id>';
  return value;
}

/** The conversation of a client as text; `folders` maps paths to names. */
export function transcript(client, folders = {}) {
  const lines = [];
  for (const { from, message } of client.log) {
    const { type, command, event, success } = message;
    if (UNORDERED.has(event)) continue;
    const body = message.body ?? message.arguments;
    let text = body === undefined ? '' : JSON.stringify(masked(body));
    if (command === 'initialize' && type === 'response') text = '<capabilities>';
    for (const [path, name] of Object.entries(folders)) text = text.replaceAll(path, name);
    text = text.replace(/ · [\d.]+ ms late/g, '').replace(/#\d+/g, '#<id>').replace(/127\.0\.0\.1:\d+/g, '<address>');
    const head = from === 'editor' ? `→ ${command ?? type}` : type === 'event' ? `! ${event}` : `← ${command}${success ? '' : ` failed: ${message.message}`}`;
    lines.push(`${head} ${text}`.trim());
  }
  return `${lines.join('\n')}\n`;
}

/** Compares text with the file of that name. */
export function golden(path, text) {
  if (process.env.UPDATE_GOLDEN) {
    mkdirSync(dirname(path), { recursive: true });
    return writeFileSync(path, text);
  }
  assert.strictEqual(text, readFileSync(path, 'utf8'));
}
