// net.SocketAddress: an address, a port and a family that can be passed around and compared.
'use strict';

const { StringPrototypeSlice, StringPrototypeToLowerCase, SymbolFor } = primordials;
const { codes: { ERR_INVALID_ADDRESS } } = require('internal/errors');
const { validateObject, validateString, validatePort, validateUint32, validateOneOf } = require('internal/validators');
const { isIPv4, isIPv6 } = require('internal/net');

const kInspect = SymbolFor('nodejs.util.inspect.custom');

class SocketAddress {
  #address;
  #port;
  #family;
  #flowlabel;

  static isSocketAddress(value) {
    return typeof value === 'object' && value !== null && #address in value;
  }

  // `127.0.0.1:80`, `[::1]:80`, or an address alone.
  static parse(input) {
    validateString(input, 'input');
    try {
      const { URL } = require('internal/url');
      const { hostname, port } = new URL(`http://${input}`);
      if (hostname[0] === '[') {
        const address = StringPrototypeSlice(hostname, 1, -1);
        return isIPv6(address) ? new SocketAddress({ address, port: port | 0, family: 'ipv6' }) : undefined;
      }
      return isIPv4(hostname) ? new SocketAddress({ address: hostname, port: port | 0 }) : undefined;
    } catch {
      return undefined;
    }
  }

  constructor(options = {}) {
    validateObject(options, 'options');
    let { family = 'ipv4' } = options;
    if (typeof family === 'string') family = StringPrototypeToLowerCase(family);
    const { address = family === 'ipv6' ? '::' : '127.0.0.1', port = 0, flowlabel = 0 } = options;
    validateOneOf(family, 'options.family', ['ipv4', 'ipv6']);
    validateString(address, 'options.address');
    validatePort(port, 'options.port');
    validateUint32(flowlabel, 'options.flowlabel', false);
    if (!(family === 'ipv4' ? isIPv4(address) : isIPv6(address))) throw new ERR_INVALID_ADDRESS();
    this.#address = address;
    this.#port = +port;
    this.#family = family;
    this.#flowlabel = flowlabel;
  }

  get address() { return this.#address; }
  get port() { return this.#port; }
  get family() { return this.#family; }
  get flowlabel() { return this.#family === 'ipv6' ? this.#flowlabel : 0; }

  toJSON() {
    return { address: this.#address, port: this.#port, family: this.#family, flowlabel: this.flowlabel };
  }

  [kInspect](depth, options, inspect) {
    return `SocketAddress ${inspect(this.toJSON(), options)}`;
  }
}

module.exports = { SocketAddress };
