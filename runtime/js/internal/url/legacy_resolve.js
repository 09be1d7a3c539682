// `url.resolve`: a reference against a legacy URL, more or less as RFC 3986 has it.
'use strict';

const {
  ArrayPrototypeJoin, ArrayPrototypePop, ArrayPrototypePush, ArrayPrototypeShift, ArrayPrototypeSplice, ArrayPrototypeUnshift,
  ObjectAssign, ObjectKeys, RegExpPrototypeExec, StringPrototypeIndexOf, StringPrototypeSlice, StringPrototypeSplit,
} = primordials;
const { Url, hostlessProtocols, slashedProtocols, urlParse } = require('internal/url/legacy');

function urlResolve(source, relative) {
  return urlParse(source, false, true).resolve(relative);
}

Url.prototype.resolve = function resolve(relative) {
  return this.resolveObject(urlParse(relative, false, true)).format();
};

function urlResolveObject(source, relative) {
  if (!source) return relative;
  return urlParse(source, false, true).resolveObject(relative);
}

Url.prototype.resolveObject = function resolveObject(relative) {
  if (typeof relative === 'string') {
    const parsed = new Url();
    parsed.parse(relative, false, true);
    relative = parsed;
  }
  const result = ObjectAssign(new Url(), this);
  // The hash is never inherited, not even by an empty reference.
  result.hash = relative.hash;
  if (relative.href === '') {
    result.href = result.format();
    return result;
  }
  if (relative.slashes && !relative.protocol) return resolveHost(result, relative);
  if (relative.protocol && relative.protocol !== result.protocol) return resolveOtherProtocol(result, relative);
  return resolvePath(result, relative);
};

// `//host/path`: everything but the protocol is the reference's.
function resolveHost(result, relative) {
  const { protocol } = result;
  ObjectAssign(result, relative);
  result.protocol = protocol;
  if (slashedProtocols.has(protocol) && result.hostname && !result.pathname) result.path = result.pathname = '/';
  result.href = result.format();
  return result;
}

function resolveOtherProtocol(result, relative) {
  if (!slashedProtocols.has(relative.protocol)) {
    const keys = ObjectKeys(relative);
    for (let i = 0; i < keys.length; i++) result[keys[i]] = relative[keys[i]];
    result.href = result.format();
    return result;
  }
  result.protocol = relative.protocol;
  if (!relative.host && RegExpPrototypeExec(/^file:?$/, relative.protocol) === null && !hostlessProtocols.has(relative.protocol)) {
    // `http:host/path` has its host in the path.
    const parts = StringPrototypeSplit(relative.pathname || '', '/');
    while (parts.length > 0 && !(relative.host = ArrayPrototypeShift(parts)));
    relative.host ||= '';
    relative.hostname ||= '';
    if (parts[0] !== '') ArrayPrototypeUnshift(parts, '');
    if (parts.length < 2) ArrayPrototypeUnshift(parts, '');
    result.pathname = ArrayPrototypeJoin(parts, '/');
  } else {
    result.pathname = relative.pathname;
  }
  result.search = relative.search;
  result.query = relative.query;
  result.host = relative.host || '';
  result.auth = relative.auth;
  result.hostname = relative.hostname || relative.host;
  result.port = relative.port;
  if (result.pathname || result.search) result.path = (result.pathname || '') + (result.search || '');
  result.slashes = result.slashes || relative.slashes;
  result.href = result.format();
  return result;
}

function resolvePath(result, relative) {
  const isSourceAbsolute = Boolean(result.pathname && result.pathname[0] === '/');
  const isRelativeAbsolute = Boolean(relative.host || (relative.pathname && relative.pathname[0] === '/'));
  let mustBeAbsolute = isRelativeAbsolute || isSourceAbsolute || Boolean(result.host && relative.pathname);
  const removesAllDots = mustBeAbsolute;
  let path = (result.pathname && StringPrototypeSplit(result.pathname, '/')) || [];
  const relativePath = (relative.pathname && StringPrototypeSplit(relative.pathname, '/')) || [];
  const isHostInPath = Boolean(result.protocol && !slashedProtocols.has(result.protocol));
  // In a protocol like `mailto:` the host is what stands first, so it takes part as a piece of the path.
  if (isHostInPath) {
    result.hostname = '';
    result.port = null;
    if (result.host) {
      if (path[0] === '') path[0] = result.host;
      else ArrayPrototypeUnshift(path, result.host);
    }
    result.host = '';
    if (relative.protocol) {
      relative.hostname = null;
      relative.port = null;
      result.auth = null;
      if (relative.host) {
        if (relativePath[0] === '') relativePath[0] = relative.host;
        else ArrayPrototypeUnshift(relativePath, relative.host);
      }
      relative.host = null;
    }
    mustBeAbsolute = mustBeAbsolute && (relativePath[0] === '' || path[0] === '');
  }
  if (isRelativeAbsolute) {
    if (relative.host || relative.host === '') {
      if (result.host !== relative.host) result.auth = null;
      result.host = relative.host;
      result.port = relative.port;
    }
    if (relative.hostname || relative.hostname === '') {
      if (result.hostname !== relative.hostname) result.auth = null;
      result.hostname = relative.hostname;
    }
    result.search = relative.search;
    result.query = relative.query;
    path = relativePath;
  } else if (relativePath.length > 0) {
    ArrayPrototypePop(path);
    for (let i = 0; i < relativePath.length; i++) ArrayPrototypePush(path, relativePath[i]);
    result.search = relative.search;
    result.query = relative.query;
  } else if (relative.search !== null && relative.search !== undefined) {
    if (isHostInPath) takeHostFromPath(result, path);
    result.search = relative.search;
    result.query = relative.query;
    if (result.pathname !== null || result.search !== null) {
      result.path = (result.pathname ? result.pathname : '') + (result.search ? result.search : '');
    }
    result.href = result.format();
    return result;
  }
  if (path.length === 0) {
    result.pathname = null;
    result.path = result.search ? `/${result.search}` : null;
    result.href = result.format();
    return result;
  }
  finishPath(result, relative, path, { mustBeAbsolute, removesAllDots, isHostInPath });
  return result;
}

function takeHostFromPath(result, path) {
  result.hostname = result.host = ArrayPrototypeShift(path);
  takeAuth(result);
}

function takeAuth(result) {
  const at = result.host ? StringPrototypeIndexOf(result.host, '@') : -1;
  if (at <= 0) return;
  result.auth = StringPrototypeSlice(result.host, 0, at);
  result.host = result.hostname = StringPrototypeSlice(result.host, at + 1);
}

// Removes `.` and `..`, and puts the path and, where it was part of it, the host in their places.
function finishPath(result, relative, path, { mustBeAbsolute, removesAllDots, isHostInPath }) {
  const last = path[path.length - 1];
  const endsWithSlash = ((result.host || relative.host || path.length > 1) && (last === '.' || last === '..')) || last === '';
  let up = 0;
  for (let i = path.length - 1; i >= 0; i--) {
    const piece = path[i];
    if (piece === '.') ArrayPrototypeSplice(path, i, 1);
    else if (piece === '..') {
      ArrayPrototypeSplice(path, i, 1);
      up++;
    } else if (up > 0) {
      ArrayPrototypeSplice(path, i, 1);
      up--;
    }
  }
  if (!mustBeAbsolute && !removesAllDots) while (up-- > 0) ArrayPrototypeUnshift(path, '..');
  if (mustBeAbsolute && path[0] !== '' && (!path[0] || path[0][0] !== '/')) ArrayPrototypeUnshift(path, '');
  const joined = ArrayPrototypeJoin(path, '/');
  if (endsWithSlash && joined[joined.length - 1] !== '/') ArrayPrototypePush(path, '');
  const isAbsolute = path[0] === '' || (path[0] && path[0][0] === '/');
  if (isHostInPath) {
    result.hostname = result.host = isAbsolute ? '' : path.length > 0 ? ArrayPrototypeShift(path) : '';
    takeAuth(result);
  }
  mustBeAbsolute = mustBeAbsolute || Boolean(result.host && path.length > 0);
  if (mustBeAbsolute && !isAbsolute) ArrayPrototypeUnshift(path, '');
  if (path.length === 0) {
    result.pathname = null;
    result.path = null;
  } else result.pathname = ArrayPrototypeJoin(path, '/');
  if (result.pathname !== null || result.search !== null) {
    result.path = (result.pathname ? result.pathname : '') + (result.search ? result.search : '');
  }
  result.auth = relative.auth || result.auth;
  result.slashes = result.slashes || relative.slashes;
  result.href = result.format();
}

module.exports = { urlResolve, urlResolveObject };
