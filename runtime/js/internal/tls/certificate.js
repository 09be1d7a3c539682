// Certificates: the plain objects of `getPeerCertificate` and the class X509Certificate.
'use strict';

const {
  ArrayIsArray, ArrayPrototypeJoin, ArrayPrototypeMap, ArrayPrototypePush, Date, ObjectDefineProperties, Symbol,
  SymbolToStringTag,
} = primordials;

const { Buffer } = require('buffer');
const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { validateObject, validateString } = require('internal/validators');
const native = binding('tls');

const kCertificate = Symbol('certificate');
const kFields = Symbol('fields');

function buffer(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

// A name as an object; what comes more than once is a list.
function nameObject(pairs) {
  const name = { __proto__: null };
  for (let i = 0; i < pairs.length; i++) {
    const { 0: key, 1: value } = pairs[i];
    if (name[key] === undefined) name[key] = value;
    else if (ArrayIsArray(name[key])) ArrayPrototypePush(name[key], value);
    else name[key] = [name[key], value];
  }
  return name;
}

function accessObject(text) {
  if (text === undefined) return undefined;
  const access = { __proto__: null };
  for (const line of text.split('\n')) {
    const at = line.indexOf(':');
    if (at === -1) continue;
    const key = line.slice(0, at);
    (access[key] ??= []).push(line.slice(at + 1));
  }
  return access;
}

// Node's plain object of a certificate.
function legacyObject(handle) {
  const f = native.certificateFields(handle);
  const object = { subject: nameObject(f[0]), issuer: nameObject(f[1]) };
  if (f[2] !== undefined) object.subjectaltname = f[2];
  const access = accessObject(f[3]);
  if (access !== undefined) object.infoAccess = access;
  object.ca = f[4];
  if (f[5] !== undefined) {
    object.modulus = f[5];
    object.bits = f[6];
    object.exponent = f[7];
    object.pubkey = buffer(f[8]);
  } else if (f[8] !== undefined) {
    object.bits = f[6];
    object.pubkey = buffer(f[8]);
    if (f[9] !== undefined) {
      object.asn1Curve = f[9];
      const nist = { __proto__: null, prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' }[f[9]];
      if (nist !== undefined) object.nistCurve = nist;
    }
  }
  object.valid_from = f[10];
  object.valid_to = f[11];
  object.fingerprint = f[12];
  object.fingerprint256 = f[13];
  object.fingerprint512 = f[14];
  object.serialNumber = f[15];
  object.raw = buffer(f[16]);
  return object;
}

// The peer's certificate with its issuers, each the `issuerCertificate` of the one before; a self-signed one is its own.
function chainObject(ders, detailed) {
  if (ders.length === 0) return {};
  const handles = ArrayPrototypeMap(ders, (der) => native.certificateNew(der));
  const first = legacyObject(handles[0]);
  if (!detailed) return first;
  let current = first;
  let handle = handles[0];
  const left = handles.slice(1);
  for (;;) {
    if (native.certificateIssuedBy(handle, handle)) {
      current.issuerCertificate = current;
      return first;
    }
    const at = left.findIndex((candidate) => native.certificateIssuedBy(handle, candidate));
    if (at === -1) return first;
    handle = left[at];
    left.splice(at, 1);
    current = current.issuerCertificate = legacyObject(handle);
  }
}

function lines(pairs) {
  return pairs.length === 0 ? undefined : ArrayPrototypeJoin(ArrayPrototypeMap(pairs, (pair) => `${pair[0]}=${pair[1]}`), '\n');
}

class X509Certificate {
  constructor(data) {
    if (typeof data === 'string') data = Buffer.from(data);
    if (!primordials.ArrayBufferIsView(data)) {
      throw new ERR_INVALID_ARG_TYPE('buffer', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
    }
    this[kCertificate] = native.certificateNew(data);
    this[kFields] = native.certificateFields(this[kCertificate]);
  }

  get subject() { return lines(this[kFields][0]); }
  get issuer() { return lines(this[kFields][1]); }
  get subjectAltName() { return this[kFields][2]; }
  get infoAccess() { return this[kFields][3]; }
  get ca() { return this[kFields][4]; }
  get validFrom() { return this[kFields][10]; }
  get validTo() { return this[kFields][11]; }
  get validFromDate() { return new Date(this.validFrom); }
  get validToDate() { return new Date(this.validTo); }
  get fingerprint() { return this[kFields][12]; }
  get fingerprint256() { return this[kFields][13]; }
  get fingerprint512() { return this[kFields][14]; }
  get serialNumber() { return this[kFields][15]; }
  get raw() { return buffer(this[kFields][16]); }

  get publicKey() {
    const { PublicKeyObject } = require('internal/crypto/keys');
    return new PublicKeyObject(native.certificatePublicKey(this[kCertificate]));
  }

  toString() { return native.certificatePem(this[kCertificate]); }
  toJSON() { return this.toString(); }
  toLegacyObject() { return legacyObject(this[kCertificate]); }

  checkHost(name, options) {
    validateString(name, 'name');
    if (options !== undefined) validateObject(options, 'options');
    const { checkServerIdentity } = require('internal/tls/identity');
    return checkServerIdentity(name, this.toLegacyObject()) === undefined ? name : undefined;
  }

  checkIP(ip) {
    validateString(ip, 'ip');
    const { checkServerIdentity } = require('internal/tls/identity');
    return checkServerIdentity(ip, this.toLegacyObject()) === undefined ? ip : undefined;
  }

  checkEmail(email) {
    validateString(email, 'email');
    const names = (this.subjectAltName ?? '').split(', ');
    return names.includes(`email:${email}`) ? email : undefined;
  }

  checkIssued(other) {
    requireCertificate(other, 'otherCert');
    return native.certificateIssuedBy(this[kCertificate], other[kCertificate]);
  }

  checkPrivateKey(key) {
    const { isKeyObject } = require('internal/crypto/keys');
    const { kHandle } = require('internal/crypto/util');
    if (!isKeyObject(key)) throw new ERR_INVALID_ARG_TYPE('pkey', 'KeyObject', key);
    return native.certificateMatchesKey(this[kCertificate], key[kHandle]);
  }

  verify(key) {
    const { isKeyObject } = require('internal/crypto/keys');
    const { kHandle } = require('internal/crypto/util');
    if (!isKeyObject(key)) throw new ERR_INVALID_ARG_TYPE('pkey', 'KeyObject', key);
    return native.certificateVerify(this[kCertificate], key[kHandle]);
  }
}

function requireCertificate(value, name) {
  if (value?.[kCertificate] === undefined) throw new ERR_INVALID_ARG_TYPE(name, 'X509Certificate', value);
}

ObjectDefineProperties(X509Certificate.prototype, {
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'X509Certificate' },
});

module.exports = { X509Certificate, chainObject, legacyObject };
