// Whether text for a stream is coloured.
'use strict';

// FORCE_COLOR decides alone; else the stream must be a terminal that has colours.
function shouldColorize(stream) {
  const process = require('process');
  if (process.env.FORCE_COLOR !== undefined) return require('tty').WriteStream.prototype.getColorDepth() > 2;
  if (!stream?.isTTY) return false;
  return typeof stream.getColorDepth === 'function' ? stream.getColorDepth() > 2 : true;
}

function palette(stream) {
  const on = shouldColorize(stream);
  const code = (text) => (on ? text : '');
  return {
    hasColors: on, blue: code('\x1b[34m'), green: code('\x1b[32m'), white: code('\x1b[39m'), yellow: code('\x1b[33m'),
    red: code('\x1b[31m'), gray: code('\x1b[90m'), clear: on ? '\x1bc' : '', reset: code('\x1b[0m'),
  };
}

module.exports = { shouldColorize, palette };
