// Stacks and excerpts that speak of the original sources, while source maps are enabled.
'use strict';

const {
  ArrayPrototypeIndexOf, Error, ErrorPrototypeToString, ObjectDefineProperty, RegExpPrototypeExec, String,
  StringPrototypeRepeat, StringPrototypeReplace, StringPrototypeSplit, StringPrototypeStartsWith,
} = primordials;

const { find } = require('internal/source_map');

const PLACE = /^(.*):(\d+)$/;

// V8 asks `Error.prepareStackTrace`; whoever sets one of their own gets the places of the generated text.
function install() {
  ObjectDefineProperty(Error, 'prepareStackTrace', {
    __proto__: null, value: prepareStackTrace, writable: true, enumerable: false, configurable: true,
  });
}

function uninstall() {
  if (Error.prepareStackTrace === prepareStackTrace) Error.prepareStackTrace = undefined;
}

function prepareStackTrace(error, sites) {
  let text = headOf(error);
  for (let i = 0; i < sites.length; i++) text += `\n    at ${describe(sites[i])}`;
  return text;
}

function headOf(error) {
  try {
    return ErrorPrototypeToString(error);
  } catch {
    return 'Error';
  }
}

function describe(site) {
  const text = String(site);
  const script = site.getFileName();
  if (typeof script !== 'string') return text;
  const line = site.getLineNumber();
  const column = site.getColumnNumber();
  const origin = originOf(script, line, column);
  if (origin === undefined) return text;
  // A function as the replacement: names of files may hold what a replacement would read as a pattern.
  return StringPrototypeReplace(text, `${script}:${line}:${column}`, () => `${origin.path}:${origin.line}:${origin.column}`);
}

// Where a place (counted from 1) comes from: { path, line, column, content }, undefined when no map knows.
function originOf(script, line, column) {
  const found = find(script);
  if (found === undefined) return undefined;
  const { originalSource, originalLine, originalColumn } = found.map.findEntry(line - 1, column - 1);
  if (originalSource === undefined || originalLine === undefined) return undefined;
  const { sources, sourcesContent } = found.map.payload;
  const index = sources === undefined ? -1 : ArrayPrototypeIndexOf(sources, originalSource);
  return {
    path: pathOf(originalSource, found.url),
    line: originalLine + 1,
    column: originalColumn + 1,
    content: sourcesContent?.[index],
  };
}

function pathOf(source, base) {
  const { URL } = require('internal/url');
  try {
    const { href } = new URL(source, base);
    return StringPrototypeStartsWith(href, 'file://') ? require('url').fileURLToPath(href) : href;
  } catch {
    return source;
  }
}

/** The excerpt of an uncaught error (`path:line`, the line, a caret) as one of the original source. */
function mapExcerpt(excerpt) {
  const { 0: head, 2: caret } = StringPrototypeSplit(excerpt, '\n');
  const place = RegExpPrototypeExec(PLACE, head ?? '');
  if (place === null || caret === undefined) return excerpt;
  const origin = originOf(place[1], +place[2], caret.indexOf('^') + 1);
  if (origin === undefined) return excerpt;
  let { content } = origin;
  try {
    content ??= require('fs').readFileSync(origin.path, 'utf8');
  } catch {
    return excerpt;
  }
  const line = StringPrototypeSplit(content, '\n')[origin.line - 1] ?? '';
  return `${origin.path}:${origin.line}\n${line}\n${StringPrototypeRepeat(' ', origin.column - 1)}^\n\n`;
}

module.exports = { install, mapExcerpt, uninstall };
