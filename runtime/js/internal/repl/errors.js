// How the prompt shows what was thrown: "Uncaught", and of the stack only what the user has written.
'use strict';

const {
  ArrayPrototypeFilter, ArrayPrototypeJoin, ArrayPrototypeSlice, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeEndsWith,
  StringPrototypeIncludes, StringPrototypeSlice, StringPrototypeSplit,
} = primordials;

const FRAME = /^\s+at /;
// The frame of the entered text itself, which is no function.
const TOP_LEVEL = /^\s+at REPL\d+:\d+:\d+$/;
const IN_PROMPT = /REPL\d+:\d+:\d+\)?$/;
const RUNTIME = /\(?node:[\w/]+:\d+:\d+\)?$/;

function describe(server, error) {
  const isError = binding('util').isNativeError(error) || error instanceof primordials.Error;
  if (isError) {
    forgetDomain(error);
    trim(error);
  }
  let text = server.writer(error);
  // An error of one line has no brackets here.
  if (isError && text[0] === '[' && StringPrototypeEndsWith(text, ']')) text = StringPrototypeSlice(text, 1, -1);
  text = named(text, server.writer.options?.breakLength ?? 80);
  return StringPrototypeEndsWith(text, '\n') ? text : `${text}\n`;
}

function forgetDomain(error) {
  if (error.domainThrown === undefined) return;
  delete error.domain;
  delete error.domainThrown;
}

function trim(error) {
  const { stack } = error;
  if (typeof stack !== 'string') return;
  try {
    error.stack = error.name === 'SyntaxError' && RegExpPrototypeExec(/^REPL\d+:\d+\n/, stack) !== null ?
      syntaxError(error, stack) : ownFrames(stack);
  } catch {
    // A frozen error is shown as it is.
  }
}

// The line with its mark, without the name that the prompt gave it.
function syntaxError(error, stack) {
  if (StringPrototypeIncludes(error.message, 'Cannot use import statement outside a module')) {
    const { message } = error;
    error.message = 'Cannot use import statement inside the REPL, alternatively use dynamic import()';
    stack = RegExpPrototypeSymbolReplace(/SyntaxError: .*/, stack, () => `SyntaxError: ${error.message}`);
    if (message === error.message) return stack;
  }
  const lines = ArrayPrototypeSlice(StringPrototypeSplit(stack, '\n'), 1);
  return ArrayPrototypeJoin(ArrayPrototypeFilter(lines, (line) => RegExpPrototypeExec(FRAME, line) === null), '\n');
}

function ownFrames(stack) {
  const lines = StringPrototypeSplit(stack, '\n');
  let end = lines.length;
  for (let i = lines.length - 1; i >= 0; i--) {
    if (RegExpPrototypeExec(IN_PROMPT, lines[i]) !== null) {
      end = RegExpPrototypeExec(TOP_LEVEL, lines[i]) !== null ? i : i + 1;
      return ArrayPrototypeJoin(ArrayPrototypeSlice(lines, 0, end), '\n');
    }
  }
  // Nothing of the prompt in it: a module's error, say, without the runtime's frames below.
  while (end > 1 && RegExpPrototypeExec(RUNTIME, lines[end - 1]) !== null && RegExpPrototypeExec(FRAME, lines[end - 1]) !== null) end--;
  return ArrayPrototypeJoin(ArrayPrototypeSlice(lines, 0, end), '\n');
}

// Puts "Uncaught" before the line that names the error, or before all of it.
function named(text, breakLength) {
  const lines = StringPrototypeSplit(text, '\n');
  for (let i = 0; i < lines.length; i++) {
    if (RegExpPrototypeExec(/^\[?(?:[A-Z][a-z0-9_]*)*Error/, lines[i]) === null) continue;
    lines[i] = lines[i].length <= breakLength ? `Uncaught ${lines[i]}` : `Uncaught:\n${lines[i]}`;
    return ArrayPrototypeJoin(lines, '\n');
  }
  return lines.length === 1 ? `Uncaught ${text}` : `Uncaught:\n${text}`;
}

module.exports = { describe };
