'use strict';

// The kinds of native resources, as programs read them from `asyncWrapProviders`. The numbers are this runtime's own:
// only the names are shared with Node.

const { ObjectFreeze } = primordials;

const kNames = [
  'NONE', 'DIRHANDLE', 'DNSCHANNEL', 'ELDHISTOGRAM', 'FILEHANDLE', 'FILEHANDLECLOSEREQ', 'FSEVENTWRAP', 'FSREQCALLBACK',
  'FSREQPROMISE', 'GETADDRINFOREQWRAP', 'GETNAMEINFOREQWRAP', 'HTTP2SESSION', 'HTTP2STREAM', 'HTTPINCOMINGMESSAGE',
  'HTTPCLIENTREQUEST', 'JSSTREAM', 'MESSAGEPORT', 'PIPECONNECTWRAP', 'PIPESERVERWRAP', 'PIPEWRAP', 'PROCESSWRAP',
  'PROMISE', 'QUERYWRAP', 'SHUTDOWNWRAP', 'SIGNALWRAP', 'STATWATCHER', 'TCPCONNECTWRAP', 'TCPSERVERWRAP', 'TCPWRAP',
  'TTYWRAP', 'UDPSENDWRAP', 'UDPWRAP', 'WORKER', 'WRITEWRAP', 'ZLIB', 'Timeout', 'Immediate', 'TickObject',
];

const asyncWrapProviders = { __proto__: null };
for (let i = 0; i < kNames.length; i++) asyncWrapProviders[kNames[i]] = i;

module.exports = { asyncWrapProviders: ObjectFreeze(asyncWrapProviders) };
