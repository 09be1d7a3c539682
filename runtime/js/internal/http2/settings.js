// SETTINGS: their defaults and limits, the six-byte form in which they travel, and what a user may ask for.
'use strict';

const { ArrayPrototypePush, MathFloor, NumberIsInteger, ObjectEntries, ObjectKeys, SafeMap } = primordials;

const { codes: { ERR_INVALID_ARG_TYPE }, codes } = require('internal/errors');
const { validateObject } = require('internal/validators');
require('internal/http2/errors');

const UINT32_MAX = 2 ** 32 - 1;
const BYTES_EACH = 6;
/** Settings that the protocol doesn't know, as many as a session may have. */
const CUSTOM_MAX = 10;

/** Name, number, least and most value, default; the order is Node's. */
const KNOWN = [
  ['headerTableSize', 1, 0, UINT32_MAX, 4096],
  ['enablePush', 2, undefined, undefined, true],
  ['initialWindowSize', 4, 0, 2 ** 31 - 1, 65535],
  ['maxFrameSize', 5, 16384, 2 ** 24 - 1, 16384],
  ['maxConcurrentStreams', 3, 0, UINT32_MAX, UINT32_MAX],
  ['maxHeaderSize', 6, 0, UINT32_MAX, 65535],
  ['maxHeaderListSize', 6, 0, UINT32_MAX, 65535],
  ['enableConnectProtocol', 8, undefined, undefined, false],
];
const names = new SafeMap();
for (let i = 0; i < KNOWN.length; i++) names.set(KNOWN[i][1], KNOWN[i][0]);

function isFlag(name) {
  return name === 'enablePush' || name === 'enableConnectProtocol';
}

function assertWithin(name, value, min, max) {
  if (value !== undefined && (typeof value !== 'number' || value < min || value > max)) {
    throw new codes.ERR_HTTP2_INVALID_SETTING_VALUE.RangeError(name, value, min, max);
  }
}

function validateSettings(settings) {
  if (settings === undefined) return;
  for (let i = 0; i < KNOWN.length; i++) {
    const { 0: name, 2: min, 3: max } = KNOWN[i];
    if (!isFlag(name)) assertWithin(name, settings[name], min, max);
    else if (settings[name] !== undefined && typeof settings[name] !== 'boolean') {
      throw new codes.ERR_HTTP2_INVALID_SETTING_VALUE(name, settings[name]);
    }
  }
  const custom = settings.customSettings;
  if (custom === undefined) return;
  validateObject(custom, 'customSettings');
  const entries = ObjectEntries(custom);
  if (entries.length > CUSTOM_MAX) throw new codes.ERR_HTTP2_TOO_MANY_CUSTOM_SETTINGS();
  for (let i = 0; i < entries.length; i++) {
    assertWithin('customSettings:id', +entries[i][0], 0, 0xffff);
    assertWithin('customSettings:value', entries[i][1], 0, UINT32_MAX);
  }
}

/** Checked settings as `[number, value, …]` in the order of the numbers. */
function toEntries(settings) {
  const entries = [];
  for (let id = 1; id <= 8; id++) {
    let value;
    for (let i = 0; i < KNOWN.length; i++) if (KNOWN[i][1] === id && settings[KNOWN[i][0]] !== undefined) value = settings[KNOWN[i][0]];
    if (value !== undefined) ArrayPrototypePush(entries, id, +value);
  }
  const custom = settings.customSettings;
  if (custom !== undefined) {
    const keys = ObjectKeys(custom);
    for (let i = 0; i < keys.length; i++) ArrayPrototypePush(entries, +keys[i], custom[keys[i]]);
  }
  return entries;
}

function getDefaultSettings() {
  const settings = { __proto__: null };
  settings.headerTableSize = 4096;
  settings.enablePush = true;
  settings.initialWindowSize = 65535;
  settings.maxFrameSize = 16384;
  settings.maxConcurrentStreams = UINT32_MAX;
  settings.maxHeaderSize = settings.maxHeaderListSize = 65535;
  settings.enableConnectProtocol = false;
  return settings;
}

function getPackedSettings(settings) {
  if (settings !== undefined) validateObject(settings, 'settings');
  settings = { ...settings };
  validateSettings(settings);
  const entries = toEntries(settings);
  const { Buffer } = require('buffer');
  const packed = Buffer.alloc((entries.length / 2) * BYTES_EACH);
  for (let i = 0; i < entries.length; i += 2) {
    packed.writeUInt16BE(entries[i], (i / 2) * BYTES_EACH);
    packed.writeUInt32BE(entries[i + 1], (i / 2) * BYTES_EACH + 2);
  }
  return packed;
}

function getUnpackedSettings(bytes, options = {}) {
  const types = require('internal/util/types');
  if (!types.isArrayBufferView(bytes) || types.isDataView(bytes)) {
    throw new ERR_INVALID_ARG_TYPE('buf', ['Buffer', 'TypedArray'], bytes);
  }
  if (bytes.length % BYTES_EACH !== 0) throw new codes.ERR_HTTP2_INVALID_PACKED_SETTINGS_LENGTH();
  const settings = {};
  // Each element is one byte, whatever kind of array it is.
  for (let at = 0; at < bytes.length; at += BYTES_EACH) {
    const id = (bytes[at] << 8) + bytes[at + 1];
    const value = bytes[at + 2] * 2 ** 24 + (bytes[at + 3] << 16) + (bytes[at + 4] << 8) + bytes[at + 5];
    const name = names.get(id);
    if (name === undefined) {
      settings.customSettings ??= {};
      settings.customSettings[id] = value;
    } else if (isFlag(name)) {
      settings[name] = value !== 0;
    } else {
      settings[name] = value;
      if (id === 6) settings.maxHeaderSize = value;
    }
  }
  if (options?.validate) validateSettings(settings);
  return settings;
}

/** How many settings the library knows; their values come in the order in which `fromValues` reads them. */
const KNOWN_COUNT = 7;

function fromValues(values, customOfOwn) {
  const settings = {
    __proto__: null,
    headerTableSize: values[0],
    enablePush: values[1] !== 0,
    initialWindowSize: values[2],
    maxFrameSize: values[3],
    maxConcurrentStreams: values[4],
    maxHeaderListSize: values[5],
    maxHeaderSize: values[5],
    enableConnectProtocol: values[6] !== 0,
  };
  if (customOfOwn !== undefined) settings.customSettings = customOfOwn;
  for (let i = KNOWN_COUNT; i < values.length; i += 2) {
    settings.customSettings ??= {};
    settings.customSettings[values[i]] = values[i + 1];
  }
  return settings;
}

function validateCustomNumbers(list) {
  if (list === undefined) return;
  if (list.length > CUSTOM_MAX) throw new codes.ERR_HTTP2_TOO_MANY_CUSTOM_SETTINGS();
  for (let i = 0; i < list.length; i++) {
    if (!NumberIsInteger(list[i]) || list[i] < 0 || MathFloor(list[i]) > 0xffff) {
      throw new codes.ERR_HTTP2_INVALID_SETTING_VALUE.RangeError('remoteCustomSettings', list[i], 0, 0xffff);
    }
  }
}

module.exports = {
  fromValues, getDefaultSettings, getPackedSettings, getUnpackedSettings, toEntries, validateCustomNumbers, validateSettings,
};
