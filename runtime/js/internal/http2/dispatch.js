// Tells a session and its streams what the native session read and wrote: events come as one flat list, six places each.
'use strict';

const { ArrayPrototypePush, SafeMap } = primordials;

const { Buffer } = require('buffer');
const { exchange, setFrame } = require('internal/async_context');
const { state: channels, tellFinish } = require('internal/http2/channels');
const { NghttpError, codes } = require('internal/http2/errors');
const { toObject } = require('internal/http2/headers');
const {
  kClosedByProtocol, kFrame, kHandle, kOrigin, kOriginSet, kPingAnswered, kRemoteSettingsCame, kSchedule, kSettingsAnswered,
  kState, kStreamCame, kTrailersWanted, kTurn, kUpdateTimer, kWasSent, kWritten,
} = require('internal/http2/symbols');
const { queueMicrotask } = require('internal/process/task_queue');
const native = binding('http2');

const STRIDE = 6;
/** The number of the event for data. */
const DATA = 2;
const FLAG_END_STREAM = 1;
const KIND_HEADERS = 1;
const NO_ERROR = 0;
const INTERNAL_ERROR = 2;
const REFUSED_STREAM = 7;
const CATEGORY_RESPONSE = 1;
const CATEGORY_PUSH_RESPONSE = 2;
const MISDIRECTED_REQUEST = 421;

/** The protocol's code for the library's. */
const REASONS = new SafeMap([[-505, 1], [-510, 5], [-522, 6], [-523, 9], [-524, 3], [-533, 7], [-535, 8]]);

function bytesOf(array) {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

// Tells all of it now, but for two things. Where a handler of the user's throws, what came after it is told later. And a
// stream's second piece of data waits until the promises that the first one fulfilled have had their turn, as they have
// where each piece comes in a callback of its own.
function dispatch(session, events) {
  const state = session[kState];
  if (state.waiting !== null) {
    for (let i = 0; i < events.length; i++) ArrayPrototypePush(state.waiting, events[i]);
    return;
  }
  if (!state.keepsTurn) state.turn++;
  else if (!state.isTurnOver) {
    state.isTurnOver = true;
    queueMicrotask(() => require('process').nextTick(nextTurn, state));
  }
  run(session, events, 0);
}

function nextTurn(state) {
  state.isTurnOver = false;
  state.turn++;
}

function run(session, events, at) {
  const state = session[kState];
  const { streams, turn } = state;
  try {
    while (at < events.length) {
      const from = at;
      if (events[from] === DATA) {
        const stream = streams.get(events[from + 1]);
        if (stream !== undefined && stream[kTurn] === turn) break;
        if (stream !== undefined) stream[kTurn] = turn;
      }
      at += STRIDE;
      tell(session, events, from);
    }
  } finally {
    if (at < events.length) {
      state.waiting = events;
      state.waitingFrom = at;
      queueMicrotask(() => require('process').nextTick(resume, session));
    }
  }
}

function resume(session) {
  const state = session[kState];
  const { waiting, waitingFrom } = state;
  state.waiting = null;
  state.turn++;
  try {
    run(session, waiting, waitingFrom);
  } finally {
    session[kSchedule]();
  }
}

/** In the order of the numbers in `node/http2/deliver.rs`. */
const TELL = [
  onBroken, onHeaders, onData, onEnd, onClosed, onSettings, onSettingsAcknowledged, onPing, onPingAcknowledged, onGoaway,
  onFrameNotSent, onAltsvc, onOrigin, onWantsTrailers, onWritten,
];

function tell(session, events, at) {
  if (session.destroyed) return;
  TELL[events[at]](session, events[at + 1], events[at + 2], events[at + 3], events[at + 4], events[at + 5]);
}

function onBroken(session, _, code, name) {
  const known = name !== undefined && codes[name] !== undefined ? name : undefined;
  session.destroy(new NghttpError(code, known));
}

function onHeaders(session, id, category, flags, list, secrets) {
  session[kUpdateTimer]();
  const endsStream = (flags & FLAG_END_STREAM) !== 0;
  const stream = session[kState].streams.get(id);
  const headers = toObject(list, secrets);
  if (stream === undefined) {
    if (session.closed) {
      // No new streams are taken any more.
      native.reset(session[kHandle], id, REFUSED_STREAM);
      native.forget(session[kHandle], id);
      return;
    }
    session[kStreamCame](id, headers, list, flags, endsStream);
    return;
  }
  stream[kUpdateTimer]();
  const status = headers[':status'];
  const before = exchange(stream[kFrame]);
  try {
    let event;
    if (category === CATEGORY_RESPONSE) {
      event = !endsStream && status < 200 ? 'headers' : 'response';
    } else if (category === CATEGORY_PUSH_RESPONSE) {
      event = 'push';
    } else if (status !== undefined && status >= 200) {
      event = 'response';
    } else {
      event = endsStream ? 'trailers' : 'headers';
    }
    if (status === MISDIRECTED_REQUEST && session.encrypted) {
      session[kOriginSet]().delete(stream[kOrigin]);
    }
    if (channels.loaded && (event === 'response' || event === 'push')) tellFinish(session, stream, headers, flags);
    if (endsStream) stream.push(null);
    stream.emit(event, headers, flags, list);
  } finally {
    setFrame(before);
  }
}

function onData(session, id, bytes) {
  const stream = session[kState].streams.get(id);
  if (stream === undefined || stream.destroyed) return;
  session[kUpdateTimer]();
  stream[kUpdateTimer]();
  const before = exchange(stream[kFrame]);
  try {
    if (!stream.push(bytesOf(bytes)) && !stream.destroyed) native.readStop(session[kHandle], id);
  } finally {
    setFrame(before);
  }
}

function onEnd(session, id) {
  const stream = session[kState].streams.get(id);
  if (stream === undefined || stream.destroyed) return;
  const before = exchange(stream[kFrame]);
  try {
    stream.push(null);
  } finally {
    setFrame(before);
  }
}

function onClosed(session, id, code) {
  const stream = session[kState].streams.get(id);
  if (stream === undefined || stream.destroyed) {
    if (session[kHandle] !== undefined) native.forget(session[kHandle], id);
    return;
  }
  const before = exchange(stream[kFrame]);
  try {
    stream[kClosedByProtocol](code);
  } finally {
    setFrame(before);
  }
}

function onSettings(session, _, values) {
  session[kUpdateTimer]();
  session[kRemoteSettingsCame](values);
}

function onSettingsAcknowledged(session) {
  session[kUpdateTimer]();
  session[kSettingsAnswered]();
}

function onPing(session, _, payload) {
  session[kUpdateTimer]();
  session.emit('ping', bytesOf(payload));
}

function onPingAcknowledged(session, _, payload) {
  session[kPingAnswered](bytesOf(payload));
}

function onGoaway(session, _, code, lastId, data) {
  const state = session[kState];
  state.goawayCode = code;
  state.goawayLastStreamID = lastId;
  session.emit('goaway', code, lastId, data === undefined ? undefined : bytesOf(data));
  if (session.destroyed) return;
  // A peer that has nothing to complain about lets the streams end; else nothing is left to be said.
  if (code === NO_ERROR) session.close();
  else session.destroy(new codes.ERR_HTTP2_SESSION_ERROR(code), NO_ERROR);
}

function onFrameNotSent(session, id, kind, code) {
  session[kUpdateTimer]();
  const target = session[kState].streams.get(id) ?? session;
  const before = exchange(target[kFrame]);
  try {
    const reason = REASONS.get(code) ?? INTERNAL_ERROR;
    target.emit('frameError', kind, reason, id);
    if (target === session) return;
    // A request that was never sent was not processed either.
    target.close(kind === KIND_HEADERS && !target[kWasSent]() ? REFUSED_STREAM : reason);
    if (!session.destroyed) session.close();
  } finally {
    setFrame(before);
  }
}

function onAltsvc(session, id, origin, value) {
  session.emit('altsvc', value, origin, id);
}

function onOrigin(session, _, origins) {
  if (!session.encrypted) return;
  const set = session[kOriginSet]();
  for (let i = 0; i < origins.length; i++) set.add(origins[i]);
  session.emit('origin', origins);
}

function onWantsTrailers(session, id) {
  const stream = session[kState].streams.get(id);
  if (stream === undefined || stream.destroyed || stream.closed) return;
  const before = exchange(stream[kFrame]);
  try {
    stream[kTrailersWanted]();
  } finally {
    setFrame(before);
  }
}

function onWritten(session, id) {
  session[kState].streams.get(id)?.[kWritten]();
}

module.exports = { bytesOf, dispatch };
