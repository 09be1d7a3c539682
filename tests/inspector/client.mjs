// A client of the inspector's WebSocket: calls with answers, events in order.

/** Connects to a `ws://` URL. `headers` go with the handshake. */
export async function connect(url) {
  const socket = new WebSocket(url);
  const closed = new Promise((resolve) => { socket.onclose = ({ code, reason }) => resolve({ code, reason }); });
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`no connection to ${url}`));
  });
  let lastId = 0;
  const calls = new Map();
  const events = [];
  const waiting = [];
  const scripts = new Map();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.method === 'Debugger.scriptParsed') scripts.set(message.params.scriptId, message.params.url);
    const call = calls.get(message.id);
    if (call) {
      calls.delete(message.id);
      if (message.error) call.reject(Object.assign(new Error(message.error.message), message.error));
      else call.resolve(message.result);
      return;
    }
    const index = waiting.findIndex(({ method }) => method === message.method);
    if (index >= 0) waiting.splice(index, 1)[0].resolve(message.params);
    else events.push(message);
  };
  return {
    socket,
    /** Resolves with { code, reason } once the connection is over. */
    closed,
    /** URLs by script id: V8 leaves the URLs of frames empty. */
    scripts,
    /** Events that nobody has taken. */
    events,
    call: (method, params = {}, rest = {}) => new Promise((resolve, reject) => {
      calls.set(++lastId, { resolve, reject });
      socket.send(JSON.stringify({ id: lastId, method, params, ...rest }));
    }),
    /** The next event of that name, whether it came already or not. */
    event: (method, { withinMs = 10_000 } = {}) => new Promise((resolve, reject) => {
      const index = events.findIndex((event) => event.method === method);
      if (index >= 0) return resolve(events.splice(index, 1)[0].params);
      const names = () => [...new Set(events.map((event) => event.method))].join(' ');
      const limit = setTimeout(() => reject(new Error(`no ${method} came, but: ${names()}`)), withinMs);
      waiting.push({ method, resolve: (params) => { clearTimeout(limit); resolve(params); } });
    }),
    close: () => { socket.close(); return closed; },
  };
}

/** Where a pause is: `function:line`, 1-based as in the file. */
export const place = ({ callFrames: [{ functionName, location }] }) => `${functionName}:${location.lineNumber + 1}`;
