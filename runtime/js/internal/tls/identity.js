// Whether a certificate was made out to the host that was asked for (RFC 6125).
'use strict';

const {
  ArrayIsArray, ArrayPrototypeIncludes, ArrayPrototypeJoin, ArrayPrototypePush, ArrayPrototypeSome, JSONParse, RegExpPrototypeExec,
  StringPrototypeEndsWith, StringPrototypeIndexOf, StringPrototypeReplace, StringPrototypeSlice, StringPrototypeSplit,
  StringPrototypeStartsWith, StringPrototypeSubstring, StringPrototypeToLowerCase,
} = primordials;

const { codes: { ERR_TLS_CERT_ALTNAME_FORMAT, ERR_TLS_CERT_ALTNAME_INVALID } } = require('internal/errors');

function withoutDot(host) {
  return StringPrototypeEndsWith(host, '.') ? StringPrototypeSlice(host, 0, -1) : host;
}

function labelsOf(host) {
  return StringPrototypeSplit(StringPrototypeToLowerCase(withoutDot(host)), '.');
}

// Whether `pattern`, which may have a star in its first label, fits the labels of a host.
function fits(hostLabels, pattern, mayHaveStar) {
  if (!pattern) return false;
  const labels = labelsOf(pattern);
  if (hostLabels.length !== labels.length || ArrayPrototypeIncludes(labels, '')) return false;
  if (RegExpPrototypeExec(/[^\u0021-\u007F]/, pattern) !== null) return false;
  for (let i = hostLabels.length - 1; i > 0; i--) if (hostLabels[i] !== labels[i]) return false;
  const host = hostLabels[0];
  const first = labels[0];
  const parts = StringPrototypeSplit(first, '*', 3);
  if (parts.length === 1 || StringPrototypeStartsWith(first, 'xn--')) return host === first;
  if (!mayHaveStar || parts.length > 2 || labels.length <= 2) return false;
  const { 0: prefix, 1: suffix } = parts;
  if (prefix.length + suffix.length > host.length) return false;
  return StringPrototypeStartsWith(host, prefix) && StringPrototypeEndsWith(host, suffix);
}

// `DNS:a, IP Address:b`, where a value may be a JSON string.
function splitAltNames(text) {
  const names = [];
  let current = '';
  let at = 0;
  while (at < text.length) {
    const separator = StringPrototypeIndexOf(text, ', ', at);
    const quote = StringPrototypeIndexOf(text, '"', at);
    if (quote !== -1 && (separator === -1 || quote < separator)) {
      current += StringPrototypeSubstring(text, at, quote);
      const found = RegExpPrototypeExec(/^"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/, StringPrototypeSubstring(text, quote));
      if (found === null) throw new ERR_TLS_CERT_ALTNAME_FORMAT();
      current += JSONParse(found[0]);
      at = quote + found[0].length;
    } else if (separator !== -1) {
      current += StringPrototypeSubstring(text, at, separator);
      ArrayPrototypePush(names, current);
      current = '';
      at = separator + 2;
    } else {
      current += StringPrototypeSubstring(text, at);
      at = text.length;
    }
  }
  ArrayPrototypePush(names, current);
  return names;
}

function checkServerIdentity(hostname, cert) {
  const { subject, subjectaltname: altNames } = cert;
  const dnsNames = [];
  const addresses = [];
  hostname = `${hostname}`;
  if (altNames) {
    const names = StringPrototypeIndexOf(altNames, '"') === -1 ? StringPrototypeSplit(altNames, ', ') : splitAltNames(altNames);
    for (let i = 0; i < names.length; i++) {
      if (StringPrototypeStartsWith(names[i], 'DNS:')) ArrayPrototypePush(dnsNames, StringPrototypeSlice(names[i], 4));
      else if (StringPrototypeStartsWith(names[i], 'IP Address:')) {
        ArrayPrototypePush(addresses, sameAddress(StringPrototypeSlice(names[i], 11)));
      }
    }
  }
  let valid = false;
  let reason = 'Unknown reason';
  const net = require('net');
  hostname = withoutDot(hostname);
  if (net.isIP(hostname)) {
    valid = ArrayPrototypeIncludes(addresses, sameAddress(hostname));
    if (!valid) reason = `IP: ${hostname} is not in the cert's list: ${ArrayPrototypeJoin(addresses, ', ')}`;
  } else if (dnsNames.length > 0 || subject?.CN) {
    const labels = labelsOf(hostname);
    if (dnsNames.length > 0) {
      valid = ArrayPrototypeSome(dnsNames, (name) => fits(labels, name, true));
      if (!valid) reason = `Host: ${hostname}. is not in the cert's altnames: ${altNames}`;
    } else {
      const { CN } = subject;
      if (ArrayIsArray(CN)) valid = ArrayPrototypeSome(CN, (name) => fits(labels, name, true));
      else if (CN) valid = fits(labels, CN, true);
      if (!valid) reason = `Host: ${hostname}. is not cert's CN: ${CN}`;
    }
  } else {
    reason = 'Cert does not contain a DNS name';
  }
  if (!valid) return new ERR_TLS_CERT_ALTNAME_INVALID(reason, hostname, cert);
}

// One spelling of an address: IPv6 in lower case with its longest run of zeros left out.
function sameAddress(text) {
  if (StringPrototypeIndexOf(text, ':') === -1) return text;
  return StringPrototypeReplace(require('internal/url').URL.parse(`http://[${text}]/`)?.hostname ?? text, /[[\]]/g, '');
}

module.exports = { checkServerIdentity };
