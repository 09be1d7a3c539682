// What a terminal sends for keys: a machine that is fed characters and reports keys. The sequences are those of xterm,
// GNOME Terminal, rxvt, PuTTY and the Linux console.
'use strict';

const {
  RegExpPrototypeExec, StringFromCharCode, StringPrototypeCharCodeAt, StringPrototypeCodePointAt, StringPrototypeSlice,
  StringPrototypeStartsWith, StringPrototypeToLowerCase,
} = primordials;

const ESCAPE = '\x1b';
const SHIFT = 1;
const META = 2 | 8;
const CTRL = 4;
const NUMBERED = /^(?:(\d\d?)(?:;(\d))?([~^$])|(\d{3}~))$/;
const LETTERED = /^((\d;)?(\d))?([A-Za-z])$/;
/** `[` and `O` sequences are complete at their final character. */
const COMPLETE = /^(?:\[[0-9]{0,3}(?:;[0-9]?)?[^0-9;]|\d{0,3}(?:;[0-9]?)?[^0-9;])$/;

const NAMES = {
  __proto__: null,
  '[200~': 'paste-start', '[201~': 'paste-end', '[[A': 'f1', '[[B': 'f2', '[[C': 'f3', '[[D': 'f4', '[[E': 'f5',
  '[2~': 'insert', '[3~': 'delete', '[[5~': 'pageup', '[[6~': 'pagedown', '[5~': 'pageup', '[6~': 'pagedown',
  '[1~': 'home', '[4~': 'end', '[7~': 'home', '[8~': 'end',
};
const LETTERS = { __proto__: null, A: 'up', B: 'down', C: 'right', D: 'left', E: 'clear', F: 'end', H: 'home', P: 'f1', Q: 'f2', R: 'f3', S: 'f4' };
for (const letter in LETTERS) { // eslint-disable-line guard-for-in -- no prototype
  NAMES[`[${letter}`] = LETTERS[letter];
  NAMES[`O${letter}`] = LETTERS[letter];
}
const FUNCTION_KEYS = [11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24];
for (let i = 0; i < FUNCTION_KEYS.length; i++) NAMES[`[${FUNCTION_KEYS[i]}~`] = `f${i + 1}`;

// rxvt says the modifier with another final character.
const SHIFTED = { __proto__: null, '[Z': 'tab' };
const CONTROLLED = { __proto__: null };
for (const { 0: letter, 1: name } of [['a', 'up'], ['b', 'down'], ['c', 'right'], ['d', 'left'], ['e', 'clear']]) {
  SHIFTED[`[${letter}`] = name;
  CONTROLLED[`O${letter}`] = name;
}
for (const { 0: number, 1: name } of [[2, 'insert'], [3, 'delete'], [5, 'pageup'], [6, 'pagedown'], [7, 'home'], [8, 'end']]) {
  SHIFTED[`[${number}$`] = name;
  CONTROLLED[`[${number}^`] = name;
}

// Feed with characters; an empty string says that nothing followed an escape in time.
class KeyParser {
  #pending = '';
  #emit;

  constructor(emit) {
    this.#emit = emit;
  }

  feed(char) {
    const text = this.#pending + char;
    if (char !== '' && isIncomplete(text)) {
      this.#pending = text;
      return;
    }
    this.#pending = '';
    if (text === '') return;
    const key = { sequence: text, name: undefined, ctrl: false, meta: false, shift: false };
    const isEscaped = StringPrototypeStartsWith(text, ESCAPE);
    const rest = isEscaped ? StringPrototypeSlice(text, text[1] === ESCAPE && text.length > 1 ? 2 : 1) : text;
    if (isEscaped && (rest[0] === '[' || rest[0] === 'O') && rest.length > 1) nameSequence(key, rest);
    else nameCharacter(key, rest === '' && isEscaped ? ESCAPE : rest, isEscaped, text);
    if (key.name !== undefined || isEscaped) this.#emit(isEscaped ? undefined : text, key);
    else if (charLengthAt(text, 0) === text.length) this.#emit(text, key);
  }

  reset() {
    this.#pending = '';
  }
}

function isIncomplete(text) {
  if (text === ESCAPE || text === `${ESCAPE}${ESCAPE}`) return true;
  if (text[0] !== ESCAPE) return false;
  const rest = StringPrototypeSlice(text, text[1] === ESCAPE ? 2 : 1);
  if (rest[0] === 'O') return rest.length === 1 || (rest.length === 2 && rest[1] >= '0' && rest[1] <= '9');
  if (rest[0] !== '[') return false;
  const body = StringPrototypeSlice(rest, 1);
  if (body === '' || body === '[') return true;
  return RegExpPrototypeExec(COMPLETE, body) === null && RegExpPrototypeExec(/^\[?\d{0,3}(?:;\d?)?$/, body) !== null;
}

function nameSequence(key, rest) {
  let code = rest[0];
  let modifier = 0;
  if (code === 'O') {
    const hasModifier = rest.length === 3;
    if (hasModifier) modifier = +rest[1] - 1;
    code += rest[rest.length - 1];
  } else {
    let body = StringPrototypeSlice(rest, 1);
    if (body[0] === '[') {
      code += '[';
      body = StringPrototypeSlice(body, 1);
    }
    const numbered = RegExpPrototypeExec(NUMBERED, body);
    const lettered = numbered === null ? RegExpPrototypeExec(LETTERED, body) : null;
    if (numbered !== null) {
      code += numbered[4] ?? numbered[1] + numbered[3];
      if (numbered[4] === undefined) modifier = (numbered[2] || 1) - 1;
    } else if (lettered !== null) {
      code += lettered[4];
      modifier = (lettered[3] || 1) - 1;
    } else {
      code += body;
    }
  }
  key.ctrl = (modifier & CTRL) !== 0;
  key.meta = (modifier & META) !== 0;
  key.shift = (modifier & SHIFT) !== 0;
  key.code = code;
  key.name = NAMES[code] ?? SHIFTED[code] ?? CONTROLLED[code] ?? 'undefined';
  if (SHIFTED[code] !== undefined) key.shift = true;
  if (CONTROLLED[code] !== undefined) key.ctrl = true;
}

const CHARACTERS = {
  __proto__: null, '\r': 'return', '\n': 'enter', '\t': 'tab', '\b': 'backspace', '\x7f': 'backspace', [ESCAPE]: 'escape', ' ': 'space',
};

function nameCharacter(key, char, isEscaped, text) {
  const known = CHARACTERS[char];
  if (known !== undefined) {
    key.name = known;
    // A lone escape is the key itself; after another one it is that key with meta.
    key.meta = char === ESCAPE ? text.length > 1 || isEscaped : isEscaped;
  } else if (!isEscaped && char <= '\x1a') {
    key.name = StringFromCharCode(StringPrototypeCharCodeAt(char, 0) + 96);
    key.ctrl = true;
  } else if (RegExpPrototypeExec(/^[0-9A-Za-z]$/, char) !== null) {
    key.name = StringPrototypeToLowerCase(char);
    key.shift = RegExpPrototypeExec(/^[A-Z]$/, char) !== null;
    key.meta = isEscaped;
  } else if (isEscaped) {
    key.meta = true;
  }
}

// Code units of the character at `index`, 1 at the end so that one can step over it.
function charLengthAt(text, index) {
  if (text.length <= index) return 1;
  return StringPrototypeCodePointAt(text, index) >= 0x10000 ? 2 : 1;
}

function charLengthLeft(text, index) {
  if (index <= 0) return 0;
  return index > 1 && StringPrototypeCodePointAt(text, index - 2) >= 0x10000 ? 2 : 1;
}

module.exports = { ESCAPE, KeyParser, charLengthAt, charLengthLeft };
