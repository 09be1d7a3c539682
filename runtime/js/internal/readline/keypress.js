// `readline.emitKeypressEvents`: makes a stream emit `keypress` for what is typed.
'use strict';

const { SafeStringIterator, Symbol } = primordials;
const { clearTimeout, setTimeout } = require('timers');
const { StringDecoder } = require('string_decoder');
const { ESCAPE, KeyParser, charLengthAt } = require('internal/readline/keys');

const kParser = Symbol('keypress-parser');
/** An escape that nothing follows for so long is the key itself, as in GNU readline. */
const ESCAPE_CODE_TIMEOUT_MS = 500;

function emitKeypressEvents(stream, iface = { __proto__: null }) {
  if (stream[kParser]) return;
  const parser = stream[kParser] = new KeyParser((text, key) => stream.emit('keypress', text, key));
  const decoder = new StringDecoder('utf8');
  const { escapeCodeTimeout = ESCAPE_CODE_TIMEOUT_MS } = iface;
  let timer;

  function feed(text) {
    clearTimeout(timer);
    iface._sawKeyPress = charLengthAt(text, 0) === text.length;
    // Text that arrives at once is pasted: its tabs are tabs.
    iface.isCompletionEnabled = false;
    let length = 0;
    for (const char of new SafeStringIterator(text)) {
      length += char.length;
      if (length === text.length) iface.isCompletionEnabled = true;
      try {
        parser.feed(char);
      } catch (error) {
        parser.reset();
        throw error;
      }
      if (length === text.length && char === ESCAPE) timer = setTimeout(() => parser.feed(''), escapeCodeTimeout);
    }
  }

  function onData(input) {
    if (stream.listenerCount('keypress') > 0) {
      const text = decoder.write(input);
      if (text) feed(text);
      return;
    }
    stream.removeListener('data', onData);
    stream.on('newListener', onNewListener);
  }

  function onNewListener(event) {
    if (event !== 'keypress') return;
    stream.on('data', onData);
    stream.removeListener('newListener', onNewListener);
  }

  if (stream.listenerCount('keypress') > 0) stream.on('data', onData);
  else stream.on('newListener', onNewListener);
}

module.exports = { ESCAPE_CODE_TIMEOUT_MS, emitKeypressEvents };
