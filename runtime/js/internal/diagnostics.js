// The diagnostics channels of core modules. Until a program loads `diagnostics_channel` nobody can listen, and whoever would
// publish reads one field.
'use strict';

const state = { __proto__: null, loaded: false };
const channels = { __proto__: null };
const tracing = { __proto__: null };

// The channel where somebody listens to it, else undefined.
function heard(name) {
  if (!state.loaded) return undefined;
  const channel = channels[name] ??= require('diagnostics_channel').channel(name);
  return channel.hasSubscribers ? channel : undefined;
}

// The same of the five channels of an operation that is traced.
function traced(name) {
  if (!state.loaded) return undefined;
  const channel = tracing[name] ??= require('diagnostics_channel').tracingChannel(name);
  return channel.hasSubscribers ? channel : undefined;
}

module.exports = { heard, state, traced };
