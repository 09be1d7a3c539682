// `await` at the prompt: the text becomes the body of an async function, its declarations become globals, its last
// expression the result.
'use strict';

const { RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeTrim } = primordials;

const DECLARATION = /^\s*(?:const|let|var)\s+([A-Za-z_$][\w$]*)\s*=\s*/;
const DESTRUCTURED = /^\s*(?:const|let|var)\s+([{[][^=]*[}\]])\s*=\s*/;

// The wrapped text, or undefined when there is no await to wrap.
function wrapAwait(source) {
  if (RegExpPrototypeExec(/\bawait\b/, source) === null) return undefined;
  const text = RegExpPrototypeSymbolReplace(/;+\s*$/, StringPrototypeTrim(source), '');
  const declared = RegExpPrototypeExec(DECLARATION, text);
  if (declared !== null) return `(async () => { void (globalThis.${declared[1]} = ${text.slice(declared[0].length)}); })()`;
  const pattern = RegExpPrototypeExec(DESTRUCTURED, text);
  if (pattern !== null) {
    const names = pattern[1].match(/[A-Za-z_$][\w$]*(?=\s*[,}\]=]|$)/g) ?? [];
    return `(async () => { const ${pattern[1]} = ${text.slice(pattern[0].length)}; Object.assign(globalThis, { ${names.join(', ')} }); })()`;
  }
  return `(async () => (\n${text}\n))()`;
}

module.exports = { wrapAwait };
