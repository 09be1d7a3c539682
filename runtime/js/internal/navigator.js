// `navigator`, by the WinterTC minimum common API and the HTML standard.
'use strict';

const { ObjectDefineProperties, ObjectFreeze, Symbol } = primordials;
const { codes } = require('internal/errors');

const kMake = Symbol('kMake');

class Navigator {
  #languages = undefined;

  constructor(token) {
    if (token !== kMake) throw new codes.ERR_ILLEGAL_CONSTRUCTOR();
  }

  get hardwareConcurrency() {
    if (!(#languages in this)) throw new codes.ERR_INVALID_THIS('Navigator');
    return require('os').availableParallelism();
  }

  get language() {
    return new Intl.DateTimeFormat().resolvedOptions().locale;
  }

  get languages() {
    return this.#languages ??= ObjectFreeze([this.language]);
  }

  get userAgent() {
    return `Rondo/${require('process').versions.rondo ?? '0'}`;
  }

  get platform() {
    const { platform, arch } = require('process');
    if (platform === 'linux') return `Linux ${arch === 'x64' ? 'x86_64' : arch === 'arm64' ? 'aarch64' : arch}`;
    if (platform === 'darwin') return 'MacIntel';
    return platform === 'win32' ? 'Win32' : `${platform} ${arch}`;
  }
}

const enumerable = { __proto__: null, enumerable: true };
ObjectDefineProperties(Navigator.prototype, {
  hardwareConcurrency: enumerable, language: enumerable, languages: enumerable, userAgent: enumerable, platform: enumerable,
});

module.exports = { Navigator, navigator: new Navigator(kMake) };
