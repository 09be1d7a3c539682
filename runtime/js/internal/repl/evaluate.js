// Text of the prompt as a script: objects, `await`, and whether more lines could complete what does not compile.
'use strict';

const {
  ArrayPrototypeJoin, ArrayPrototypePush, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeEndsWith,
  StringPrototypeSlice, StringPrototypeSplit, StringPrototypeStartsWith, StringPrototypeTrim,
} = primordials;

const vm = require('vm');

function script(text, filename) {
  return new vm.Script(text, { filename, importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER });
}

function attempt(text, filename) {
  try {
    return script(text, filename);
  } catch {
    return undefined;
  }
}

// Returns `{ script, waits }`; what a script that waits gives is a promise of the result.
function compile(code, filename, isStrict) {
  // What could be a block and an object is an object, as whoever types it means.
  if (RegExpPrototypeExec(/^\s*\{[^]*\}\s*$/, code) !== null) {
    const asObject = attempt(`(${StringPrototypeTrim(code)}\n)`, filename);
    if (asObject !== undefined) return { script: asObject, waits: false };
  }
  try {
    return { script: script(isStrict ? `'use strict'; ${code}` : code, filename), waits: false };
  } catch (error) {
    const wrapped = RegExpPrototypeExec(/\bawait\b/, code) === null ? undefined : attempt(wrapAwait(code), filename);
    if (wrapped === undefined) throw error;
    return { script: wrapped, waits: true };
  }
}

function isValid(code) {
  const trimmed = StringPrototypeTrim(code);
  return attempt(`_=${trimmed}`, 'repl') !== undefined || attempt(trimmed, 'repl') !== undefined;
}

// `await`: the text becomes the body of an async function, its declarations become globals, its last expression the result.
function wrapAwait(code) {
  const statements = statementsOf(code);
  for (let i = 0; i < statements.length; i++) {
    const isLast = i === statements.length - 1;
    statements[i] = declarationsOf(statements[i]) ?? (isLast ? resultOf(statements[i]) : statements[i]);
  }
  return `(async () => {${ArrayPrototypeJoin(statements, ';')}\n})()`;
}

function resultOf(text) {
  const returned = `return (${text}\n)`;
  return attempt(`(async () => {${returned}})`, 'repl') === undefined ? text : returned;
}

const DECLARATION = /^\s*(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*=(?!=)\s*/;
const PATTERN = /^\s*(?:const|let|var)\s+([{[][^=]*[}\]])\s*=(?!=)\s*/;
const FUNCTION = /^\s*(?:(?:async\s+)?function\s*\*?|class)\s+([A-Za-z_$][\w$]*)/;

function declarationsOf(text) {
  const named = RegExpPrototypeExec(DECLARATION, text);
  if (named !== null) return `void (globalThis.${named[1]} = ${StringPrototypeSlice(text, named[0].length)})`;
  const pattern = RegExpPrototypeExec(PATTERN, text);
  if (pattern !== null) {
    const names = pattern[1].match(/[A-Za-z_$][\w$]*(?=\s*[,}\]=]|$)/g) ?? [];
    return `${text};Object.assign(globalThis, { ${ArrayPrototypeJoin(names, ', ')} })`;
  }
  const made = RegExpPrototypeExec(FUNCTION, text);
  return made === null ? undefined : `${text};globalThis.${made[1]} = ${made[1]}`;
}

// The statements of a text, cut at the semicolons outside of brackets, strings and comments.
function statementsOf(code) {
  const statements = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < code.length; i++) {
    const char = code[i];
    if (char === '(' || char === '[' || char === '{') depth++;
    else if (char === ')' || char === ']' || char === '}') depth--;
    else if (char === '\'' || char === '"' || char === '`') i = endOfString(code, i);
    else if (char === '/' && code[i + 1] === '/') i = endAfter(code, '\n', i);
    else if (char === '/' && code[i + 1] === '*') i = endAfter(code, '*/', i + 2);
    else if (char === ';' && depth === 0) {
      ArrayPrototypePush(statements, StringPrototypeSlice(code, start, i));
      start = i + 1;
    }
  }
  const rest = StringPrototypeTrim(StringPrototypeSlice(code, start));
  if (rest !== '') ArrayPrototypePush(statements, rest);
  return statements;
}

function endOfString(code, start) {
  let i = start + 1;
  while (i < code.length && code[i] !== code[start]) i += code[i] === '\\' ? 2 : 1;
  return i;
}

function endAfter(code, mark, start) {
  const found = code.indexOf(mark, start);
  return found === -1 ? code.length : found + mark.length - 1;
}

// Whether lines that follow may make this right: the text ends too soon, in the middle of a comment, or of a string that
// goes on in the next line.
function isUnfinished(error, code, filename) {
  const message = error?.message ?? '';
  if (RegExpPrototypeExec(/^(?:Unexpected end of input|Unterminated template)/, message) !== null) return true;
  if (StringPrototypeStartsWith(message, 'missing ) after argument list')) {
    // With another argument to come the text is still wrong, or ends too soon.
    try {
      script(`${code},\n`, filename);
    } catch (again) {
      return StringPrototypeStartsWith(`${again?.message}`, 'Unexpected end of input');
    }
    return false;
  }
  if (!StringPrototypeStartsWith(message, 'Invalid or unexpected token')) return false;
  const marked = markedText(error);
  return StringPrototypeStartsWith(marked, '/*') ||
    (RegExpPrototypeExec(/^['"]/, marked) !== null && StringPrototypeEndsWith(RegExpPrototypeSymbolReplace(/\r?\n$/, code, ''), '\\'));
}

// The text over the row of carets.
function markedText(error) {
  const lines = StringPrototypeSplit(`${error.stack}`, '\n');
  const marks = RegExpPrototypeExec(/^(\s*)\^+$/, lines[2] ?? '');
  return marks === null ? '' : StringPrototypeSlice(lines[1], marks[1].length);
}

module.exports = { compile, isUnfinished, isValid };
