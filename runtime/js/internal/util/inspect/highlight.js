// Colours of a regular expression: each nesting depth has a colour of the palette, and the kinds of tokens are set apart
// by shifting from it. One pass over the source text; what it does not understand is shown as it stands.
'use strict';

const { ArrayPrototypePush, ObjectDefineProperty, RegExpPrototypeExec, StringPrototypeIncludes, StringPrototypeIndexOf, StringPrototypeSlice } = primordials;

const PALETTE = ['green', 'red', 'yellow', 'cyan', 'magenta'];
const DIGITS = /^[0-9]+/;
const QUANTIFIERS = '|+*?,^$';

function makeRegExpHighlighter(colors) {
  const highlight = {
    highlightRegExp(text) {
      const names = highlight.colors?.length > 0 ? highlight.colors : PALETTE;
      const palette = [];
      for (let i = 0; i < names.length; i++) {
        const color = colors[names[i]];
        if (color) ArrayPrototypePush(palette, [`\x1b[${color[0]}m`, `\x1b[${color[1]}m`]);
      }
      return palette.length === 0 ? text : new Highlighter(text, palette).run();
    },
  }.highlightRegExp;
  ObjectDefineProperty(highlight, 'name', { __proto__: null, value: 'highlightRegExp', configurable: true });
  highlight.colors = [...PALETTE];
  return highlight;
}

class Highlighter {
  constructor(text, palette) {
    this.text = text;
    this.palette = palette;
    this.at = 0;
    this.depth = 0;
    this.out = '';
  }

  run() {
    const { text } = this;
    this.#write('/');
    this.depth++;
    this.at = 1;
    while (this.at < text.length && text[this.at] !== '/') {
      const char = text[this.at];
      if (char === '[') this.#characterClass();
      else if (char === '(') this.#group();
      else if (char === ')') this.#close(')');
      else if (char === '\\') this.#escape();
      else if (char === '{') this.#braces();
      else if (StringPrototypeIncludes(QUANTIFIERS, char)) this.#shifted(char, 3, 1);
      else if (char === '.') this.#shifted(char, 2, 1);
      else this.#shifted(char, 1, 1);
    }
    this.#shifted('/', -1, 1);
    if (this.at < text.length) this.#write(StringPrototypeSlice(text, this.at));
    return this.out;
  }

  #write(token) {
    const index = this.depth % this.palette.length;
    const color = this.palette[index < 0 ? index + this.palette.length : index] ?? this.palette[0];
    this.out += color[0] + token + color[1];
  }

  // In the colour of a depth `by` deeper, then goes on by `advance` characters.
  #shifted(token, by, advance) {
    this.depth += by;
    this.#write(token);
    this.depth -= by;
    this.at += advance;
  }

  #close(char) {
    this.depth--;
    this.#write(char);
    this.at++;
  }

  #open(char) {
    this.#write(char);
    this.depth++;
    this.at++;
  }

  // `\p{...}`, `\u{...}`, `\k<...>`: the delimiters in one colour, the name in another.
  #named(start, end, lowerBy) {
    const close = StringPrototypeIndexOf(this.text, end, this.at + 1);
    if (close === -1) {
      // Not closed: what follows is shown for what it is.
      return this.#shifted(start, 1, 1);
    }
    this.depth -= lowerBy;
    this.#write(start);
    this.#shifted(StringPrototypeSlice(this.text, this.at + 1, close), 1, 0);
    this.#write(end);
    this.depth += lowerBy;
    this.at = close + 1;
  }

  #characterClass() {
    const { text } = this;
    this.#open('[');
    while (this.at < text.length) {
      const char = text[this.at];
      if (char === '\\') {
        const next = text[this.at + 1];
        if ((next === 'u' || next === 'p' || next === 'P') && text[this.at + 2] === '{') {
          this.at += 2;
          this.#named(`\\${next}{`, '}', 0);
          continue;
        }
        const length = next === 'x' ? 4 : 2;
        this.#write(StringPrototypeSlice(text, this.at, this.at + length));
        this.at += length;
      } else if (char === ']') {
        this.#close(']');
        return;
      } else if (char === '-' && text[this.at - 1] !== '[' && this.at + 1 < text.length && text[this.at + 1] !== ']') {
        this.#shifted('-', 1, 1);
      } else {
        this.#write(char);
        this.at++;
      }
    }
  }

  #group() {
    const { text } = this;
    this.#open('(');
    if (text[this.at] !== '?') return;
    this.at++;
    const kind = text[this.at] ?? '';
    if (kind === ':' || kind === '=' || kind === '!') return this.#shifted(`?${kind}`, -1, 1);
    if (kind !== '<') return this.#write('?');
    const next = text[this.at + 1];
    if (next === '=' || next === '!') return this.#shifted(`?<${next}`, -1, 2);
    const start = ++this.at;
    const end = StringPrototypeIndexOf(text, '>', start);
    if (end === -1) {
      this.#shifted('?<', -1, 0);
      this.#write(StringPrototypeSlice(text, start));
      this.at = text.length;
      return;
    }
    this.depth--;
    this.#write('?<');
    this.#shifted(StringPrototypeSlice(text, start, end), 1, 0);
    this.#write('>');
    this.depth++;
    this.at = end + 1;
  }

  #escape() {
    const { text } = this;
    const next = text[this.at + 1] ?? '';
    const after = text[this.at + 2];
    if (after === '{' && (next === 'u' || next === 'p' || next === 'P')) {
      this.at += 2;
      return this.#named(`\\${next}{`, '}', 0);
    }
    if (next === 'k' && after === '<') {
      this.at += 2;
      return this.#named('\\k<', '>', 1);
    }
    let length = 1 + next.length;
    if (next === 'x') length = 4;
    else if (next >= '0' && next <= '9') length = 1 + this.#digitsAt(this.at + 1).length;
    this.#shifted(StringPrototypeSlice(text, this.at, this.at + length), 1, length);
  }

  #digitsAt(at) {
    return RegExpPrototypeExec(DIGITS, StringPrototypeSlice(this.text, at))?.[0] ?? '';
  }

  #braces() {
    const { text } = this;
    this.at++;
    const least = this.#digitsAt(this.at);
    if (least !== '') {
      this.#write('{');
      this.depth++;
      this.#shifted(least, 1, least.length);
    }
    if (this.at < text.length) {
      if (text[this.at] === ',') {
        if (least === '') {
          this.#write('{');
          this.depth++;
        }
        this.#write(',');
        this.at++;
      } else if (least === '') return this.#shifted('{', 1, 0);
    }
    const most = this.#digitsAt(this.at);
    if (most !== '') this.#shifted(most, 1, most.length);
    if (text[this.at] === '}') this.#close('}');
    if (text[this.at] === '?') this.#shifted('?', 3, 1);
  }
}

module.exports = { makeRegExpHighlighter };
