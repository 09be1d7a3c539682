// Source maps of the scripts that run: `--enable-source-maps`, `process.setSourceMapsEnabled()` and node:module's part.
'use strict';

const {
  ArrayPrototypeMap, JSONParse, ObjectFreeze, RegExpPrototypeExec, SafeMap, StringPrototypeIncludes, StringPrototypeIndexOf,
  StringPrototypeLastIndexOf, StringPrototypeSlice, StringPrototypeSplit, StringPrototypeStartsWith,
} = primordials;

const { validateBoolean, validateObject, validateString } = require('internal/validators');

const COMMENT = '# sourceMappingURL=';
const URL_TEXT = /^\S+/;
const NO_SUPPORT = { __proto__: null, enabled: false, nodeModules: false, generatedCode: false };

let support = ObjectFreeze(NO_SUPPORT);
// By the path of the generated file: { map, url }, or null for a file without one.
const loaded = new SafeMap();
// What hooks made of a file, which is what runs.
const given = new SafeMap();

function setSupport(enabled, options = { __proto__: null }) {
  validateBoolean(enabled, 'enabled');
  validateObject(options, 'options');
  const { nodeModules = false, generatedCode = false } = options;
  validateBoolean(nodeModules, 'options.nodeModules');
  validateBoolean(generatedCode, 'options.generatedCode');
  support = ObjectFreeze({ __proto__: null, enabled, nodeModules, generatedCode });
  const { install, uninstall } = require('internal/source_map/stack');
  if (enabled) install();
  else uninstall();
}

function getSupport() {
  return support;
}

function enableAll(enabled) {
  validateBoolean(enabled, 'val');
  setSupport(enabled, { __proto__: null, nodeModules: enabled, generatedCode: enabled });
}

/** The map of the script at `path` (a path or a file URL), undefined when it has none or support is off. */
function findSourceMap(path) {
  validateString(path, 'path');
  return find(path)?.map;
}

// Also the URL that the map's sources are relative to.
function find(path) {
  if (!support.enabled) return undefined;
  if (StringPrototypeStartsWith(path, 'file://')) path = require('url').fileURLToPath(path);
  if (path[0] !== '/') return undefined;
  if (!support.nodeModules && StringPrototypeIncludes(path, '/node_modules/')) return undefined;
  let found = loaded.get(path);
  if (found === undefined) {
    found = load(path);
    loaded.set(path, found);
  }
  return found ?? undefined;
}

/** Hooks gave the file at `path` the text `text`, which may bring a map of its own. */
function note(path, text) {
  if (!support.enabled || !StringPrototypeIncludes(text, COMMENT)) return;
  given.set(path, text);
  loaded.delete(path);
}

/** The map of a file and the lengths of its lines, whether maps are on or not; undefined for a file without one. */
function readMap(path) {
  const found = load(path);
  if (found === null) return undefined;
  const text = given.get(path) ?? require('fs').readFileSync(path, 'utf8');
  return {
    lineLengths: ArrayPrototypeMap(StringPrototypeSplit(text, '\n'), (line) => line.length), data: found.map.payload,
    url: found.url,
  };
}

// A map that can't be read is as good as none: the stack is still the generated one's.
function load(path) {
  try {
    const text = given.get(path) ?? require('fs').readFileSync(path, 'utf8');
    const at = StringPrototypeLastIndexOf(text, COMMENT);
    if (at === -1) return null;
    const { 0: url } = RegExpPrototypeExec(URL_TEXT, StringPrototypeSlice(text, at + COMMENT.length)) ?? [''];
    const { SourceMap } = require('internal/source_map/map');
    const base = `${require('url').pathToFileURL(path)}`;
    if (StringPrototypeStartsWith(url, 'data:')) return { map: new SourceMap(JSONParse(fromDataUrl(url))), url: base };
    const { URL } = require('internal/url');
    const resolved = new URL(url, base);
    return { map: new SourceMap(JSONParse(require('fs').readFileSync(resolved, 'utf8'))), url: resolved.href };
  } catch {
    return null;
  }
}

function fromDataUrl(url) {
  const comma = StringPrototypeIndexOf(url, ',');
  const head = StringPrototypeSlice(url, 5, comma);
  const body = StringPrototypeSlice(url, comma + 1);
  if (!StringPrototypeIncludes(head, ';base64')) return decodeURIComponent(body);
  return require('buffer').Buffer.from(body, 'base64').toString('utf8');
}

module.exports = {
  enableAll,
  find,
  findSourceMap,
  getSupport,
  note,
  readMap,
  setSupport,
  get SourceMap() { return require('internal/source_map/map').SourceMap; },
};
