// Small helpers that net, http and dns share: what is an IP address, arguments of listen and connect.
'use strict';

const {
  ArrayPrototypeJoin, NumberIsInteger, RegExp, RegExpPrototypeExec, Symbol,
} = primordials;

const kNormalized = Symbol('normalized arguments');

const OCTET = '(?:[0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])';
const DOTTED = `(?:${OCTET}\\.){3}${OCTET}`;
const GROUP = '(?:[0-9a-fA-F]{1,4})';
const IPV4 = new RegExp(`^${DOTTED}$`);
const IPV6 = new RegExp('^(?:' + ArrayPrototypeJoin([
  `(?:${GROUP}:){7}(?:${GROUP}|:)`,
  `(?:${GROUP}:){6}(?:${DOTTED}|:${GROUP}|:)`,
  `(?:${GROUP}:){5}(?::${DOTTED}|(?::${GROUP}){1,2}|:)`,
  `(?:${GROUP}:){4}(?:(?::${GROUP}){0,1}:${DOTTED}|(?::${GROUP}){1,3}|:)`,
  `(?:${GROUP}:){3}(?:(?::${GROUP}){0,2}:${DOTTED}|(?::${GROUP}){1,4}|:)`,
  `(?:${GROUP}:){2}(?:(?::${GROUP}){0,3}:${DOTTED}|(?::${GROUP}){1,5}|:)`,
  `(?:${GROUP}:){1}(?:(?::${GROUP}){0,4}:${DOTTED}|(?::${GROUP}){1,6}|:)`,
  `(?::(?:(?::${GROUP}){0,5}:${DOTTED}|(?::${GROUP}){1,7}|:))`,
], '|') + ')(?:%[0-9a-zA-Z-.:]{1,})?$');

function isIPv4(input) {
  return RegExpPrototypeExec(IPV4, `${input}`) !== null;
}

function isIPv6(input) {
  return RegExpPrototypeExec(IPV6, `${input}`) !== null;
}

function isIP(input) {
  if (isIPv4(input)) return 4;
  return isIPv6(input) ? 6 : 0;
}

// Arguments of `connect` and `listen`, in all their forms, become [options, callback | null].
function normalizeArgs(args) {
  let result;
  if (args.length === 0) {
    result = [{}, null];
  } else {
    const first = args[0];
    let options = {};
    if (typeof first === 'object' && first !== null) options = first;
    else if (isPipeName(first)) options.path = first;
    else {
      options.port = first;
      if (args.length > 1 && typeof args[1] === 'string') options.host = args[1];
    }
    const callback = args[args.length - 1];
    result = [options, typeof callback === 'function' ? callback : null];
  }
  result[kNormalized] = true;
  return result;
}

function isPipeName(value) {
  return typeof value === 'string' && toPort(value) === false;
}

// A non-negative number or a string of one; anything else isn't a port.
function toPort(value) {
  const number = +value;
  return value !== '' && NumberIsInteger(number) && number >= 0 ? number : false;
}

module.exports = { isIP, isIPv4, isIPv6, kNormalized, normalizeArgs, toPort };
