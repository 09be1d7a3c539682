// The diagnostics channels of streams: `http2.client.stream.created`, `http2.server.stream.finish`, ….
'use strict';

const { ArrayPrototypePush } = primordials;

const { heard, state } = require('internal/diagnostics');
const { kType } = require('internal/http2/symbols');

const SERVER = 0;

/** The channel of that name for streams of the session's side, where somebody listens to it. */
function channelOf(session, name) {
  if (!state.loaded || session === undefined) return undefined;
  return heard(`http2.${session[kType] === SERVER ? 'server' : 'client'}.stream.${name}`);
}

/** The peer, or a push, has begun the stream. */
function tellCame(session, stream, headers) {
  channelOf(session, 'created')?.publish({ stream, headers });
  channelOf(session, 'start')?.publish({ stream, headers });
}

function tellFinish(session, stream, headers, flags) {
  channelOf(session, 'finish')?.publish({ stream, headers, flags });
}

/** What a client sends of a body: only its channels exist. */
function tellBody(session, stream, chunk, chunks, encoding) {
  if (session[kType] === SERVER) return;
  const channel = channelOf(session, 'bodyChunkSent');
  if (channel === undefined) return;
  if (chunks === null) channel.publish({ stream, writev: false, data: chunk, encoding });
  else channel.publish({ stream, writev: true, data: plain(chunks), encoding: '' });
}

/** Bytes alone are told without their encodings. */
function plain(chunks) {
  const bytes = [];
  for (let i = 0; i < chunks.length; i++) {
    if (typeof chunks[i].chunk === 'string') return chunks;
    ArrayPrototypePush(bytes, chunks[i].chunk);
  }
  return bytes;
}

function tellBodyEnd(session, stream) {
  if (session[kType] !== SERVER) channelOf(session, 'bodySent')?.publish({ stream });
}

module.exports = { channelOf, state, tellBody, tellBodyEnd, tellCame, tellFinish };
