// Path patterns: `*`, `?`, `[...]`, `{a,b}`, `**` and `+(...)`-like groups, for `fs.glob` and `path.matchesGlob`.
//
// A pattern is opened into alternatives without braces, each a list of segments: a string, a regular expression, or the
// globstar. The walk carries a set of places in these lists from folder to folder, so each folder is read once.
'use strict';

const {
  ArrayIsArray, ArrayPrototypePush, ArrayPrototypeSlice, MathMax, Number, NumberParseInt, RegExp,
  RegExpPrototypeExec, SafeSet, String, StringFromCharCode, StringPrototypeCharCodeAt, StringPrototypeIndexOf,
  StringPrototypePadStart, StringPrototypeReplaceAll, StringPrototypeSlice, StringPrototypeSplit, StringPrototypeStartsWith, Symbol,
} = primordials;

const { validateFunction, validateObject, validateString, validateStringArray } = require('internal/validators');

const kAny = Symbol('**');
// A pattern whose braces make more alternatives than this is taken as it stands.
const ALTERNATIVES_MAX = 10_000;

// The place of the brace that closes the one at `start`, and of the commas between.
function braces(pattern, start) {
  const commas = [];
  let depth = 0;
  for (let i = start; i < pattern.length; i++) {
    const c = pattern[i];
    if (c === '\\') i++;
    else if (c === '{') depth++;
    else if (c === '}' && --depth === 0) return { end: i, commas };
    else if (c === ',' && depth === 1) ArrayPrototypePush(commas, i);
  }
  return null;
}

// `{1..3}`, `{a..c}`, `{1..9..2}`.
function sequence(body) {
  const found = RegExpPrototypeExec(/^(-?\d+|[a-zA-Z])\.\.(-?\d+|[a-zA-Z])(?:\.\.(-?\d+))?$/, body);
  if (found === null) return null;
  const isNumber = RegExpPrototypeExec(/^-?\d+$/, found[1]) !== null;
  if (isNumber !== (RegExpPrototypeExec(/^-?\d+$/, found[2]) !== null)) return null;
  const value = (text) => (isNumber ? NumberParseInt(text, 10) : StringPrototypeCharCodeAt(text, 0));
  const width = isNumber && RegExpPrototypeExec(/^-?0\d/, `${found[1]}`) !== null ? MathMax(found[1].length, found[2].length) : 0;
  const from = value(found[1]);
  const to = value(found[2]);
  const step = MathMax(1, Number(found[3] ?? 1) < 0 ? -found[3] : Number(found[3] ?? 1));
  const list = [];
  for (let n = from; from <= to ? n <= to : n >= to; n += from <= to ? step : -step) {
    if (list.length >= ALTERNATIVES_MAX) break;
    ArrayPrototypePush(list, isNumber ? StringPrototypePadStart(String(n), width, '0') : StringFromCharCode(n));
  }
  return list;
}

function expandBraces(pattern) {
  const start = StringPrototypeIndexOf(pattern, '{');
  if (start === -1) return [pattern];
  const found = braces(pattern, start);
  const head = StringPrototypeSlice(pattern, 0, start);
  const literally = () => prefixed(`${head}{`, expandBraces(StringPrototypeSlice(pattern, start + 1)));
  if (found === null) return literally();
  const body = StringPrototypeSlice(pattern, start + 1, found.end);
  let parts;
  if (found.commas.length > 0) {
    parts = [];
    let from = start + 1;
    const ends = [...found.commas, found.end];
    for (let i = 0; i < ends.length; i++) {
      const inner = expandBraces(StringPrototypeSlice(pattern, from, ends[i]));
      for (let j = 0; j < inner.length; j++) ArrayPrototypePush(parts, inner[j]);
      from = ends[i] + 1;
    }
  } else {
    parts = sequence(body);
    if (parts === null) {
      const inner = expandBraces(body);
      const rest = expandBraces(StringPrototypeSlice(pattern, found.end + 1));
      return combine(prefixed(`${head}{`, inner), rest, '}');
    }
  }
  return combine(prefixed(head, parts), expandBraces(StringPrototypeSlice(pattern, found.end + 1)), '');
}

function prefixed(head, list) {
  const result = [];
  for (let i = 0; i < list.length; i++) ArrayPrototypePush(result, head + list[i]);
  return result;
}

function combine(heads, tails, between) {
  const result = [];
  for (let i = 0; i < heads.length; i++) {
    for (let j = 0; j < tails.length && result.length < ALTERNATIVES_MAX; j++) ArrayPrototypePush(result, heads[i] + between + tails[j]);
  }
  return result;
}

const CLASSES = {
  '__proto__': null, 'alpha': '\\p{L}\\p{Nl}', 'digit': '\\p{Nd}', 'alnum': '\\p{L}\\p{Nl}\\p{Nd}', 'upper': '\\p{Lu}', 'lower': '\\p{Ll}',
  'space': '\\s', 'blank': '\\p{Zs}\\t', 'punct': '\\p{P}', 'xdigit': 'A-Fa-f0-9', 'word': '\\p{L}\\p{Nl}\\p{Nd}\\p{Pc}',
};

const escapeText = (c) => (RegExpPrototypeExec(/[\\^$.*+?()[\]{}|/-]/, c) === null ? c : `\\${c}`);

// The class that starts at `[`, as a regular expression, and where it ends; null if it never does.
function bracket(segment, start) {
  let i = start + 1;
  let text = '';
  const negated = segment[i] === '!' || segment[i] === '^';
  if (negated) i++;
  for (let first = true; i < segment.length; i++, first = false) {
    const c = segment[i];
    if (c === ']' && !first) return { end: i, text: text === '' ? '(?!)' : `[${negated ? '^/' : ''}${text}]` };
    const posix = c === '[' ? RegExpPrototypeExec(/^\[:([a-z]+):\]/, StringPrototypeSlice(segment, i)) : null;
    if (posix !== null && CLASSES[posix[1]] !== undefined) {
      text += CLASSES[posix[1]];
      i += posix[0].length - 1;
    } else if (c === '-' && text !== '' && segment[i + 1] !== ']') text += '-';
    else if (c === '\\' && i + 1 < segment.length) text += escapeText(segment[++i]);
    else text += escapeText(c);
  }
  return null;
}

const GROUP_ENDS = { '__proto__': null, '?': ')?', '*': ')*', '+': ')+', '@': ')' };

// A segment as the text of a regular expression.
function translate(segment) {
  let text = '';
  const groups = [];
  for (let i = 0; i < segment.length; i++) {
    const c = segment[i];
    if (segment[i + 1] === '(' && (GROUP_ENDS[c] !== undefined || c === '!') && closes(segment, i + 1)) {
      ArrayPrototypePush(groups, { kind: c, start: text.length });
      text += c === '!' ? '(?!(?:' : '(?:';
      i++;
    } else if (c === ')' && groups.length > 0) {
      const { kind } = groups.pop();
      text += kind === '!' ? `)${i === segment.length - 1 ? '$' : ''})[^/]*?` : GROUP_ENDS[kind];
    } else if (c === '|' && groups.length > 0) text += '|';
    else if (c === '*') {
      while (segment[i + 1] === '*') i++;
      text += '[^/]*';
    } else if (c === '?') text += '[^/]';
    else if (c === '[') {
      const found = bracket(segment, i);
      if (found === null) text += '\\[';
      else {
        text += found.text;
        i = found.end;
      }
    } else if (c === '\\' && i + 1 < segment.length) text += escapeText(segment[++i]);
    else text += escapeText(c);
  }
  return text;
}

function closes(segment, open) {
  return StringPrototypeIndexOf(segment, ')', open) !== -1;
}

const isMagic = (segment) => RegExpPrototypeExec(/[*?[]|[+@!]\(/, segment) !== null;

function compileSegment(segment) {
  if (segment === '**') return kAny;
  if (!isMagic(segment)) return StringPrototypeReplaceAll(segment, '\\', '');
  // What starts with a wildcard does not match a hidden name.
  const shown = RegExpPrototypeExec(/^[*?[]|^[+@!]\(/, segment) !== null ? '(?!\\.)' : '';
  const some = segment === '*' ? '(?=.)' : '';
  return new RegExp(`^${shown}${some}${translate(segment)}$`, 'u');
}

// Alternatives of a pattern, as lists of segments; a leading empty segment stands for the root.
function compile(pattern) {
  const alternatives = expandBraces(pattern);
  const compiled = [];
  for (let i = 0; i < alternatives.length; i++) {
    const segments = [];
    const parts = StringPrototypeSplit(alternatives[i], '/');
    for (let j = 0; j < parts.length; j++) {
      const isEdge = j === 0 || j === parts.length - 1;
      if ((parts[j] === '' && !isEdge) || (parts[j] === '.' && parts.length > 1)) continue;
      const segment = compileSegment(parts[j]);
      if (segment !== kAny || segments[segments.length - 1] !== kAny) ArrayPrototypePush(segments, segment);
    }
    ArrayPrototypePush(compiled, segments);
  }
  return compiled;
}

const isHidden = (name) => StringPrototypeStartsWith(name, '.');

function matchesSegment(segment, name) {
  return typeof segment === 'string' ? segment === name : RegExpPrototypeExec(segment, name) !== null;
}

function matchSegments(segments, at, names, from) {
  for (; at < segments.length; at++, from++) {
    if (segments[at] === kAny) {
      if (at === segments.length - 1) {
        for (let i = from; i < names.length; i++) if (isHidden(names[i])) return false;
        return true;
      }
      for (let i = from; i <= names.length; i++) {
        if (matchSegments(segments, at + 1, names, i)) return true;
        if (i < names.length && isHidden(names[i])) return false;
      }
      return false;
    }
    if (from >= names.length || !matchesSegment(segments[at], names[from])) return false;
  }
  return from === names.length;
}

function matchesCompiled(compiled, path) {
  const names = StringPrototypeSplit(path, '/');
  const kept = [];
  for (let i = 0; i < names.length; i++) if (names[i] !== '.' && (names[i] !== '' || i === 0)) ArrayPrototypePush(kept, names[i]);
  for (let i = 0; i < compiled.length; i++) if (matchSegments(compiled[i], 0, kept, 0)) return true;
  return false;
}

function matchesGlob(path, pattern) {
  validateString(path, 'path');
  validateString(pattern, 'pattern');
  return matchesCompiled(compile(pattern), path);
}

function toFolder(cwd) {
  if (cwd === undefined || cwd === null) return require('process').cwd();
  const path = require('internal/url').toPathIfFileURL(cwd);
  validateString(path, 'options.cwd');
  return require('path').resolve(path);
}

class Glob {
  #patterns = [];
  #cwd;
  #typed;
  #exclude = () => false;
  #seen = new SafeSet();

  constructor(pattern, options = {}) {
    validateObject(options, 'options');
    const patterns = ArrayIsArray(pattern) ? pattern : [pattern];
    if (ArrayIsArray(pattern)) validateStringArray(pattern, 'patterns');
    else validateString(pattern, 'patterns');
    this.#cwd = toFolder(options.cwd);
    this.#typed = options.withFileTypes === true;
    this.#setExclude(options.exclude);
    for (let i = 0; i < patterns.length; i++) {
      const compiled = compile(patterns[i]);
      for (let j = 0; j < compiled.length; j++) ArrayPrototypePush(this.#patterns, compiled[j]);
    }
  }

  #setExclude(exclude) {
    if (exclude === undefined || exclude === null) return;
    if (ArrayIsArray(exclude)) {
      validateStringArray(exclude, 'options.exclude');
      const rules = [];
      for (let i = 0; i < exclude.length; i++) ArrayPrototypePush(rules, compile(exclude[i]));
      this.#exclude = (path) => {
        for (let i = 0; i < rules.length; i++) {
          if (matchesCompiled(rules[i], path) || matchesCompiled(rules[i], require('path').resolve(this.#cwd, path))) return true;
        }
        return false;
      };
      return;
    }
    validateFunction(exclude, 'options.exclude');
    this.#exclude = (path, entry) => exclude(this.#typed ? entry : path);
  }

  // Work is a list of folders, each with the places in the patterns that are to be matched against its names.
  #roots() {
    const work = [];
    for (let i = 0; i < this.#patterns.length; i++) {
      const segments = this.#patterns[i];
      const isAbsolute = segments[0] === '' && segments.length > 1;
      const path = isAbsolute ? '/' : '';
      ArrayPrototypePush(work, { path, places: [{ segments, at: isAbsolute ? 1 : 0 }], entry: undefined });
    }
    return work;
  }

  *#steps() {
    const { join } = require('path');
    const work = this.#roots();
    while (work.length > 0) {
      const { path, places } = work.pop();
      const literal = [];
      const wild = [];
      const place = this.#advance(places, literal, wild);
      if (place.matchesSelf) {
        const entry = yield { kind: 'stat', path: path === '' ? '.' : path, full: join(this.#cwd, path) };
        if (entry && (!place.onlyFolder || entry.isDirectory())) yield* this.#found(path === '' ? '.' : path + (place.onlyFolder && path !== '/' ? '/' : ''), path, entry);
      }
      for (let i = 0; i < literal.length; i++) {
        const { segments, at } = literal[i];
        const inner = segments[at] === '..' ? above(path) : join2(path, segments[at]);
        const entry = yield { kind: 'stat', path: inner, full: resolveIn(this.#cwd, inner) };
        if (entry) yield* this.#enter(work, inner, entry, [{ segments, at: at + 1 }]);
      }
      if (wild.length === 0) continue;
      const entries = yield { kind: 'list', path, full: resolveIn(this.#cwd, path) };
      for (let i = entries.length - 1; i >= 0; i--) {
        const entry = entries[i];
        const next = [];
        for (let j = 0; j < wild.length; j++) {
          const { segments, at } = wild[j];
          if (segments[at] === kAny) {
            if (!isHidden(entry.name) && !entry.isSymbolicLink()) ArrayPrototypePush(next, { segments, at });
            else if (!isHidden(entry.name)) ArrayPrototypePush(next, { segments, at: at + 1 });
          } else if (matchesSegment(segments[at], entry.name)) ArrayPrototypePush(next, { segments, at: at + 1 });
        }
        if (next.length > 0) yield* this.#enter(work, join2(path, entry.name), entry, next);
      }
    }
  }

  // Sorts places into what needs a name looked up, what needs the folder listed, and what ends here.
  #advance(places, literal, wild) {
    let matchesSelf = false;
    let onlyFolder = true;
    const todo = ArrayPrototypeSlice(places);
    for (let i = 0; i < todo.length; i++) {
      const { segments, at } = todo[i];
      if (at >= segments.length) {
        matchesSelf = true;
        onlyFolder = false;
      } else if (segments[at] === '' && at === segments.length - 1) matchesSelf = true;
      else if (segments[at] === kAny) {
        ArrayPrototypePush(wild, todo[i]);
        ArrayPrototypePush(todo, { segments, at: at + 1 });
      } else if (typeof segments[at] === 'string') ArrayPrototypePush(literal, todo[i]);
      else ArrayPrototypePush(wild, todo[i]);
    }
    return { matchesSelf, onlyFolder };
  }

  *#enter(work, path, entry, places) {
    if (this.#exclude(path, entry)) return;
    let goesOn = false;
    for (let i = 0; i < places.length; i++) {
      const { segments, at } = places[i];
      if (at >= segments.length || (at === segments.length - 1 && segments[at] === kAny)) yield* this.#found(path, path, entry);
      if (at < segments.length) goesOn = true;
    }
    if (!goesOn || !(entry.isDirectory() || entry.isSymbolicLink())) return;
    const left = [];
    for (let i = 0; i < places.length; i++) if (places[i].at < places[i].segments.length) ArrayPrototypePush(left, places[i]);
    ArrayPrototypePush(work, { path, places: left, entry });
  }

  *#found(shown, path, entry) {
    if (this.#seen.has(path)) return;
    this.#seen.add(path);
    yield { kind: 'found', value: this.#typed ? entry : shown };
  }

  *sync() {
    const fs = require('fs');
    const steps = this.#steps();
    for (let answer; ;) {
      const { value: step, done } = steps.next(answer);
      if (done) return;
      answer = undefined;
      if (step.kind === 'found') yield step.value;
      else if (step.kind === 'stat') answer = direntOf(step, fs.lstatSync(step.full, { throwIfNoEntry: false }));
      else {
        try {
          answer = fs.readdirSync(step.full, { withFileTypes: true });
        } catch {
          answer = [];
        }
      }
    }
  }

  async* async() {
    const { promises } = require('fs');
    const steps = this.#steps();
    for (let answer; ;) {
      const { value: step, done } = steps.next(answer);
      if (done) return;
      answer = undefined;
      if (step.kind === 'found') yield step.value;
      else if (step.kind === 'stat') {
        try {
          answer = direntOf(step, await promises.lstat(step.full));
        } catch {
          answer = undefined;
        }
      } else {
        try {
          answer = await promises.readdir(step.full, { withFileTypes: true });
        } catch {
          answer = [];
        }
      }
    }
  }
}

// A path never keeps a `..` behind a name.
function above(path) {
  const joined = require('path').join(path, '..');
  return joined === '.' ? '' : joined;
}

const join2 = (folder, name) => (folder === '' ? name : folder === '/' ? `/${name}` : `${folder}/${name}`);
const resolveIn = (cwd, path) => require('path').resolve(cwd, path);

function direntOf(step, stats) {
  if (stats === undefined) return undefined;
  const { basename, dirname } = require('path');
  const { Dirent } = require('internal/fs/stats');
  const { constants } = binding('fs');
  let type = constants.UV_DIRENT_UNKNOWN;
  if (stats.isDirectory()) type = constants.UV_DIRENT_DIR;
  else if (stats.isFile()) type = constants.UV_DIRENT_FILE;
  else if (stats.isSymbolicLink()) type = constants.UV_DIRENT_LINK;
  return new Dirent(step.path === '.' ? '.' : basename(step.full), dirname(step.full), type);
}

function globSync(pattern, options) {
  const found = [];
  for (const path of new Glob(pattern, options).sync()) ArrayPrototypePush(found, path);
  return found;
}

function glob(pattern, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, 'callback');
  const walk = new Glob(pattern, options);
  const process = require('process');
  const collect = async () => {
    const found = [];
    for await (const path of walk.async()) ArrayPrototypePush(found, path);
    return found;
  };
  primordials.PromisePrototypeThen(collect(),
    (found) => process.nextTick(callback, null, found), (error) => process.nextTick(callback, error));
}

async function* globPromise(pattern, options) {
  yield* new Glob(pattern, options).async();
}

module.exports = { glob, globPromise, globSync, matchesGlob };
