// `node:tty`: terminals as streams.
'use strict';

const native = binding('process');
const { Writable } = require('stream');
const net = require('net');
const { ObjectDefineProperty, NumberIsInteger } = primordials;

const COLORS_2 = 1;
const COLORS_16 = 4;
const COLORS_256 = 8;
const COLORS_16M = 24;

function isatty(fd) {
  return NumberIsInteger(fd) && fd >= 0 && fd <= 2147483647 && native.fdKind(fd) === 'TTY';
}

function checkFd(fd) {
  if (fd >> 0 !== fd || fd < 0) throw new (require('internal/errors').codes.ERR_INVALID_FD)(fd);
}

class ReadStream extends net.Socket {
  constructor(fd, options) {
    checkFd(fd);
    super({ fd, readable: true, writable: false, ...options });
    this.isRaw = false;
    this.isTTY = true;
  }

  setRawMode(on) {
    const errno = native.setRawMode(this.fd ?? 0, !!on);
    if (errno !== 0) {
      this.emit('error', require('internal/errors').errnoException(errno, 'setRawMode'));
      return this;
    }
    this.isRaw = !!on;
    return this;
  }
}

// Writes go out at once: a terminal's output is ordered with everything else that the process prints.
class WriteStream extends Writable {
  constructor(fd) {
    checkFd(fd);
    super({ decodeStrings: false, emitClose: false });
    this.fd = fd;
    this._type = 'tty';
    this._isStdio = true;
    ObjectDefineProperty(this, 'isTTY', { __proto__: null, value: true, writable: true, enumerable: true, configurable: true });
    const size = native.terminalSize(fd);
    if (size !== undefined) [this.columns, this.rows] = size;
    watchSize(this);
  }

  _write(chunk, encoding, callback) {
    if (typeof chunk === 'string' && encoding !== 'utf8') chunk = require('buffer').Buffer.from(chunk, encoding);
    const errno = native.writeSync(this.fd, chunk);
    callback(errno === 0 ? null : require('internal/errors').errnoException(errno, 'write'));
  }

  _destroy(error, callback) {
    callback(error);
  }

  _refreshSize() {
    const size = native.terminalSize(this.fd);
    if (size === undefined || (size[0] === this.columns && size[1] === this.rows)) return;
    [this.columns, this.rows] = size;
    this.emit('resize');
  }

  getWindowSize() {
    return [this.columns, this.rows];
  }

  getColorDepth(env = require('process').env) {
    return colorDepth(env);
  }

  hasColors(count, env) {
    if (env === undefined && (count === undefined || (typeof count === 'object' && count !== null))) {
      env = count;
      count = 16;
    }
    return count <= 2 ** this.getColorDepth(env);
  }

  clearLine(direction, callback) {
    return this.write(direction < 0 ? '\x1b[1K' : direction > 0 ? '\x1b[0K' : '\x1b[2K', callback);
  }

  clearScreenDown(callback) {
    return this.write('\x1b[0J', callback);
  }

  cursorTo(x, y, callback) {
    if (typeof y === 'function') [y, callback] = [undefined, y];
    return this.write(typeof y === 'number' ? `\x1b[${y + 1};${x + 1}H` : `\x1b[${x + 1}G`, callback);
  }

  moveCursor(dx, dy, callback) {
    let data = '';
    if (dx !== 0) data += dx < 0 ? `\x1b[${-dx}D` : `\x1b[${dx}C`;
    if (dy !== 0) data += dy < 0 ? `\x1b[${-dy}A` : `\x1b[${dy}B`;
    return this.write(data, callback);
  }
}

// A resize arrives as SIGWINCH, which is watched only once somebody listens for it.
function watchSize(stream) {
  stream.on('newListener', (event) => {
    if (event !== 'resize' || stream.listenerCount('resize') > 0) return;
    require('process').on('SIGWINCH', () => stream._refreshSize());
  });
}

function colorDepth(env) {
  if (env.FORCE_COLOR !== undefined) {
    switch (env.FORCE_COLOR) {
      case '':
      case '1':
      case 'true': return COLORS_16;
      case '2': return COLORS_256;
      case '3': return COLORS_16M;
      default: return COLORS_2;
    }
  }
  if (env.NODE_DISABLE_COLORS !== undefined && env.NODE_DISABLE_COLORS !== '') return COLORS_2;
  if ((env.NO_COLOR !== undefined && env.NO_COLOR !== '') || env.TERM === 'dumb') return COLORS_2;
  if (env.COLORTERM === 'truecolor' || env.COLORTERM === '24bit') return COLORS_16M;
  if (env.TMUX !== undefined && env.TMUX !== '') return COLORS_16M;
  if (/-256(color)?$/.test(env.TERM ?? '')) return COLORS_256;
  if (/^(xterm|screen|tmux|vt100|vt220|rxvt|linux|ansi|cygwin|color)/.test(env.TERM ?? '')) return COLORS_16;
  return COLORS_2;
}

module.exports = { isatty, ReadStream, WriteStream };
