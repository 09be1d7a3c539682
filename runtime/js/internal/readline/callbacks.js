// Moving the cursor of a terminal and clearing parts of it: each function writes an escape sequence to a stream.
'use strict';

const { NumberIsNaN } = primordials;
const { codes: { ERR_INVALID_ARG_VALUE, ERR_INVALID_CURSOR_POS } } = require('internal/errors');
const { validateFunction } = require('internal/validators');

const CLEAR_LINE = '\x1b[2K';
const CLEAR_TO_START = '\x1b[1K';
const CLEAR_TO_END = '\x1b[0K';
const CLEAR_SCREEN_DOWN = '\x1b[0J';

// Without a stream or anything to say, the callback is still called later.
function send(stream, data, callback) {
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (stream === null || stream === undefined || data === '') {
    if (typeof callback === 'function') require('process').nextTick(callback, null);
    return true;
  }
  return stream.write(data, callback);
}

function positionSequence(x, y) {
  if (NumberIsNaN(x)) throw new ERR_INVALID_ARG_VALUE('x', x);
  if (NumberIsNaN(y)) throw new ERR_INVALID_ARG_VALUE('y', y);
  if (typeof x !== 'number' && typeof y !== 'number') return '';
  if (typeof x !== 'number') throw new ERR_INVALID_CURSOR_POS();
  return typeof y !== 'number' ? `\x1b[${x + 1}G` : `\x1b[${y + 1};${x + 1}H`;
}

function cursorTo(stream, x, y, callback) {
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (typeof y === 'function') [y, callback] = [undefined, y];
  return send(stream, positionSequence(x, y), callback);
}

function moveSequence(dx, dy) {
  let data = '';
  if (dx < 0) data += `\x1b[${-dx}D`;
  else if (dx > 0) data += `\x1b[${dx}C`;
  if (dy < 0) data += `\x1b[${-dy}A`;
  else if (dy > 0) data += `\x1b[${dy}B`;
  return data;
}

function moveCursor(stream, dx, dy, callback) {
  return send(stream, moveSequence(dx, dy), callback);
}

function lineSequence(dir) {
  return dir < 0 ? CLEAR_TO_START : dir > 0 ? CLEAR_TO_END : CLEAR_LINE;
}

function clearLine(stream, dir, callback) {
  return send(stream, lineSequence(dir), callback);
}

function clearScreenDown(stream, callback) {
  return send(stream, CLEAR_SCREEN_DOWN, callback);
}

module.exports = { clearLine, clearScreenDown, cursorTo, moveCursor, positionSequence, moveSequence, lineSequence, CLEAR_SCREEN_DOWN };
