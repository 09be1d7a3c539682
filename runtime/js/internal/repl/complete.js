// Completion at the prompt: members of what stands before the last dot, globals and keywords, commands, and what can be
// required or imported. Nothing is called for it: not even getters.
'use strict';

const {
  ArrayFrom, ArrayPrototypeConcat, ArrayPrototypeFilter, ArrayPrototypeMap, ArrayPrototypePush, ArrayPrototypeSort, Object,
  ObjectGetOwnPropertyDescriptor, ObjectGetOwnPropertyNames, ObjectGetPrototypeOf, ObjectKeys, RegExpPrototypeExec, SafeSet,
  StringPrototypeEndsWith, StringPrototypeLastIndexOf, StringPrototypeSlice, StringPrototypeSplit, StringPrototypeStartsWith,
} = primordials;

const vm = require('vm');

const KEYWORDS = StringPrototypeSplit('async await break case catch const continue debugger default delete do else export false finally for ' +
  'function if import in instanceof let new null return switch this throw true try typeof var void while with yield', ' ');
const IDENTIFIER = /^[\w$]+$/;

// `[completions, what they complete]`
function complete(server, line) {
  if (RegExpPrototypeExec(/^\s*\.\w*$/, line) !== null) return commands(server, line);
  const module = RegExpPrototypeExec(/\b(?:require|import)\s*\(\s*['"`]([^'"`]*)$/, line) ??
    RegExpPrototypeExec(/\bfrom\s+['"]([^'"]*)$/, line);
  if (module !== null) return [modules(module[1]), module[1]];
  const found = RegExpPrototypeExec(/([\w$]+(?:\??\.[\w$]+)*\??\.?|\[\]\.|['"`]\.)?$/, line)[0];
  const dot = StringPrototypeLastIndexOf(found, '.');
  if (dot === -1) return [globals(server, found), found];
  const { value, isKnown } = valueOf(server, StringPrototypeSlice(found, 0, StringPrototypeEndsWith(StringPrototypeSlice(found, 0, dot), '?') ? dot - 1 : dot));
  if (!isKnown || value === null || value === undefined) return [[], found];
  return [members(value, StringPrototypeSlice(found, 0, dot + 1), found), found];
}

function matching(names, text) {
  return ArrayPrototypeFilter(names, (name) => StringPrototypeStartsWith(name, text));
}

function commands(server, line) {
  const text = RegExpPrototypeExec(/\.\w*$/, line)[0];
  return [matching(ArrayPrototypeMap(ArrayPrototypeSort(ObjectKeys(server.commands)), (name) => `.${name}`), text), text];
}

function namesOf(value) {
  const names = new SafeSet();
  for (let object = Object(value); object !== null; object = ObjectGetPrototypeOf(object)) {
    const own = ObjectGetOwnPropertyNames(object);
    for (let i = 0; i < own.length; i++) if (RegExpPrototypeExec(IDENTIFIER, own[i]) !== null) names.add(own[i]);
  }
  return ArrayPrototypeSort(ArrayFrom(names));
}

function globals(server, text) {
  const names = ArrayPrototypeConcat(namesOf(server.useGlobal ? globalThis : server.context), KEYWORDS);
  return ArrayPrototypeSort(matching(ArrayFrom(new SafeSet(names)), text));
}

function members(value, prefix, text) {
  const names = ArrayPrototypeFilter(namesOf(value), (name) => RegExpPrototypeExec(/^\d/, name) === null);
  return matching(ArrayPrototypeMap(names, (name) => prefix + name), text);
}

// The value of a path of names, as far as it can be read without running anything.
function valueOf(server, path) {
  if (path === '[]') return { value: [], isKnown: true };
  if (RegExpPrototypeExec(/^['"`]$/, path) !== null) return { value: '', isKnown: true };
  const names = StringPrototypeSplit(path, /\??\./);
  let value;
  try {
    // Names that `let` and `const` have made are found in no object.
    const script = new vm.Script(names[0]);
    value = server.useGlobal ? script.runInThisContext() : script.runInContext(server.context);
  } catch {
    return { value: undefined, isKnown: false };
  }
  for (let i = 1; i < names.length; i++) {
    if (value === null || value === undefined) return { value: undefined, isKnown: false };
    const found = descriptorOf(Object(value), names[i]);
    if (found === undefined || found.get !== undefined || binding('util').getProxyDetails?.(value) !== undefined) return { value: undefined, isKnown: false };
    ({ value } = found);
  }
  return { value, isKnown: true };
}

function descriptorOf(object, name) {
  for (; object !== null; object = ObjectGetPrototypeOf(object)) {
    const found = ObjectGetOwnPropertyDescriptor(object, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

// Core modules, packages around, and files where the text is a path.
function modules(text) {
  const process = require('process');
  const path = require('path');
  if (RegExpPrototypeExec(/^\.{0,2}\//, text) !== null) {
    const slash = StringPrototypeLastIndexOf(text, '/');
    const folder = StringPrototypeSlice(text, 0, slash + 1);
    return matching(ArrayPrototypeMap(namesIn(path.resolve(process.cwd(), folder)), (name) => folder + name), text);
  }
  const { names } = require('internal/module/builtin');
  let found = StringPrototypeStartsWith(text, 'node:') ? ArrayPrototypeMap(names, (name) => (StringPrototypeStartsWith(name, 'node:') ? name : `node:${name}`)) : names;
  const folders = require('internal/module/cjs').Module._nodeModulePaths(process.cwd());
  for (let i = 0; i < folders.length; i++) found = ArrayPrototypeConcat(found, namesIn(folders[i]));
  return ArrayPrototypeSort(ArrayFrom(new SafeSet(matching(found, text))));
}

function namesIn(folder) {
  const list = [];
  let entries;
  try {
    entries = require('fs').readdirSync(folder, { withFileTypes: true });
  } catch {
    return list;
  }
  for (let i = 0; i < entries.length; i++) {
    const { name } = entries[i];
    if (name[0] === '.') continue;
    if (entries[i].isDirectory()) ArrayPrototypePush(list, StringPrototypeEndsWith(folder, 'node_modules') ? name : `${name}/`);
    else ArrayPrototypePush(list, RegExpPrototypeExec(/^(.*?)(?:\.(?:js|json|cjs|node))?$/, name)[1]);
  }
  return list;
}

module.exports = { complete };
