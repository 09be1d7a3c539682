// net.BlockList: rules of addresses, ranges and subnets, and whether an address falls under one of them.
'use strict';

const {
  ArrayIsArray, ArrayPrototypePush, ArrayPrototypeUnshift, BigInt, JSONParse, Number, NumberParseInt,
  StringPrototypeIndexOf, StringPrototypeLastIndexOf, StringPrototypeSlice, StringPrototypeSplit,
  StringPrototypeToLowerCase, SymbolFor,
} = primordials;
const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE },
} = require('internal/errors');
const { validateInt32, validateOneOf, validateString } = require('internal/validators');
const { SocketAddress } = require('internal/net/socket_address');

const kInspect = SymbolFor('nodejs.util.inspect.custom');
const MAPPED_PREFIX = 0xffffn << 32n;

// An address as an integer of 32 or 128 bits.
function toNumber(address, family) {
  if (family === 'ipv4') {
    let number = 0;
    const parts = StringPrototypeSplit(address, '.');
    for (let i = 0; i < 4; i++) number = number * 256 + Number(parts[i]);
    return BigInt(number);
  }
  const zone = StringPrototypeIndexOf(address, '%');
  if (zone !== -1) address = StringPrototypeSlice(address, 0, zone);
  let tail = 0n;
  let tailBits = 0n;
  const colon = StringPrototypeLastIndexOf(address, ':');
  if (StringPrototypeIndexOf(address, '.') !== -1) {
    tail = toNumber(StringPrototypeSlice(address, colon + 1), 'ipv4');
    tailBits = 32n;
    address = StringPrototypeSlice(address, 0, address[colon - 1] === ':' ? colon + 1 : colon);
  }
  const gap = StringPrototypeIndexOf(address, '::');
  const head = gap === -1 ? address : StringPrototypeSlice(address, 0, gap);
  const rest = gap === -1 ? '' : StringPrototypeSlice(address, gap + 2);
  const before = groups(head);
  const after = groups(rest);
  let number = 0n;
  for (let i = 0; i < before.length; i++) number = number << 16n | before[i];
  const room = (128n - tailBits) / 16n - BigInt(before.length);
  number <<= room * 16n;
  let low = 0n;
  for (let i = 0; i < after.length; i++) low = low << 16n | after[i];
  return (number | low) << tailBits | tail;
}

function groups(text) {
  const result = [];
  if (text === '') return result;
  const parts = StringPrototypeSplit(text, ':');
  for (let i = 0; i < parts.length; i++) ArrayPrototypePush(result, BigInt(NumberParseInt(parts[i], 16)));
  return result;
}

function toAddress(address, family, name) {
  if (SocketAddress.isSocketAddress(address)) return address;
  validateString(address, name);
  validateString(family, 'family');
  return new SocketAddress({ address, family });
}

function familyName(address) {
  return address.family === 'ipv4' ? 'IPv4' : 'IPv6';
}

class BlockList {
  #rules = [];

  static isBlockList(value) {
    return typeof value === 'object' && value !== null && #rules in value;
  }

  addAddress(address, family = 'ipv4') {
    address = toAddress(address, family, 'address');
    const number = toNumber(address.address, address.family);
    this.#add(address.family, number, number, `Address: ${familyName(address)} ${address.address}`);
  }

  addRange(start, end, family = 'ipv4') {
    start = toAddress(start, family, 'start');
    end = toAddress(end, family, 'end');
    const low = toNumber(start.address, start.family);
    const high = toNumber(end.address, end.family);
    if (start.family !== end.family || low > high) {
      throw new ERR_INVALID_ARG_VALUE('start', start, `must come before ${end}`);
    }
    this.#add(start.family, low, high, `Range: ${familyName(start)} ${start.address}-${end.address}`);
  }

  addSubnet(network, prefix, family = 'ipv4') {
    network = toAddress(network, family, 'network');
    const bits = network.family === 'ipv4' ? 32 : 128;
    validateInt32(prefix, 'prefix', 0, bits);
    const hostBits = BigInt(bits - prefix);
    const low = toNumber(network.address, network.family) >> hostBits << hostBits;
    const high = low | ((1n << hostBits) - 1n);
    this.#add(network.family, low, high, `Subnet: ${familyName(network)} ${network.address}/${prefix}`);
  }

  #add(family, low, high, text) {
    ArrayPrototypeUnshift(this.#rules, { family, low, high, text });
  }

  check(address, family = 'ipv4') {
    if (!SocketAddress.isSocketAddress(address)) {
      validateString(address, 'address');
      validateString(family, 'family');
      validateOneOf(StringPrototypeToLowerCase(family), 'family', ['ipv4', 'ipv6']);
      try {
        address = new SocketAddress({ address, family });
      } catch {
        return false;
      }
    }
    const number = toNumber(address.address, address.family);
    // An IPv4 rule also holds for the address mapped into IPv6, and the other way round.
    const mapped = address.family === 'ipv4' ? number | MAPPED_PREFIX :
      number >> 32n === 0xffffn ? number & 0xffffffffn : undefined;
    for (let i = 0; i < this.#rules.length; i++) {
      const rule = this.#rules[i];
      const value = rule.family === address.family ? number : mapped;
      if (value !== undefined && value >= rule.low && value <= rule.high) return true;
    }
    return false;
  }

  get rules() {
    const texts = [];
    for (let i = 0; i < this.#rules.length; i++) ArrayPrototypePush(texts, this.#rules[i].text);
    return texts;
  }

  toJSON() {
    return this.rules;
  }

  // Adds rules in the text form that `rules` gives.
  fromJSON(data) {
    const rules = typeof data === 'string' ? JSONParse(data) : data;
    if (!ArrayIsArray(rules)) throw new ERR_INVALID_ARG_TYPE('data', ['string', 'string[]'], data);
    for (let i = rules.length - 1; i >= 0; i--) {
      validateString(rules[i], `data[${i}]`);
      const [kind, familyText, value] = StringPrototypeSplit(rules[i], ' ');
      const family = familyText === 'IPv6' ? 'ipv6' : 'ipv4';
      if (kind === 'Address:') {
        this.addAddress(value, family);
      } else if (kind === 'Range:') {
        const [from, to] = StringPrototypeSplit(value, '-');
        this.addRange(from, to, family);
      } else if (kind === 'Subnet:') {
        const [network, prefix] = StringPrototypeSplit(value, '/');
        this.addSubnet(network, Number(prefix), family);
      } else {
        throw new ERR_INVALID_ARG_VALUE('data', data, 'is not a list of rules');
      }
    }
  }

  [kInspect](depth, options, inspect) {
    return `BlockList ${inspect({ rules: this.rules }, options)}`;
  }
}

module.exports = { BlockList };
