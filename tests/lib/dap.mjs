// A small client of the Debug Adapter Protocol that knows nothing of any adapter: requests with their answers,
// events in order, and the whole conversation for golden transcripts.
import { spawn } from 'node:child_process';
import { createConnection } from 'node:net';

/** Milliseconds until a test that waits for an answer or an event gives up. */
const PATIENCE_MS = 15_000;

export class DapClient {
  #buffer = Buffer.alloc(0);
  #seq = 1;
  #answers = new Map();
  #waiting = new Set();
  #unread = [];
  /** Every message, in order: { from, message }. */
  log = [];
  events = [];

  constructor(input, output) {
    this.output = output;
    this.over = new Promise((resolve) => input.on('close', resolve));
    input.on('data', (data) => this.#read(data));
    this.over.then(() => {
      for (const { reject, what } of [...this.#answers.values(), ...this.#waiting]) reject(new Error(`the adapter is gone: ${what}`));
    });
  }

  /** Starts an adapter as a child. */
  static start(command, args, options = {}) {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
    const client = new DapClient(child.stdout, child.stdin);
    client.child = child;
    client.stderr = '';
    child.stderr.on('data', (data) => { client.stderr += data; });
    client.exit = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
    child.stdin.on('error', () => {});
    return client;
  }

  static async connect(port) {
    const socket = createConnection({ port, host: '127.0.0.1', noDelay: true });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new DapClient(socket, socket);
  }

  #read(data) {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    for (;;) {
      const end = this.#buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(this.#buffer.toString('latin1', 0, end))[1]);
      if (this.#buffer.length < end + 4 + length) return;
      const message = JSON.parse(this.#buffer.toString('utf8', end + 4, end + 4 + length));
      this.#buffer = this.#buffer.subarray(end + 4 + length);
      this.#receive(message);
    }
  }

  #receive(message) {
    this.log.push({ from: 'adapter', message });
    if (message.type === 'response') {
      const answer = this.#answers.get(message.request_seq);
      this.#answers.delete(message.request_seq);
      answer?.resolve(message);
    } else if (message.type === 'event') {
      this.events.push(message);
      this.#unread.push(message);
      for (const one of this.#waiting) one.look();
    } else if (message.type === 'request') {
      const body = this.onRequest?.(message);
      this.send({ type: 'response', request_seq: message.seq, command: message.command, success: body !== undefined, body });
    }
  }

  send(message) {
    const whole = { seq: this.#seq++, ...message };
    this.log.push({ from: 'editor', message: whole });
    this.raw(JSON.stringify(whole));
    return whole.seq;
  }

  /** A message body as it is, valid or not. */
  raw(text) {
    this.output.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  #limited(what, start) {
    return new Promise((resolve, reject) => {
      const told = () => this.log.slice(-12).map(({ from, message }) => `${from}: ${JSON.stringify(message).slice(0, 300)}`).join('\n');
      const timer = setTimeout(() => reject(new Error(`no ${what} within ${PATIENCE_MS} ms; last messages:\n${told()}\n${this.stderr ?? ''}`)), PATIENCE_MS);
      start((value) => { clearTimeout(timer); resolve(value); }, (error) => { clearTimeout(timer); reject(error); });
    });
  }

  /** The whole response, successful or not. */
  ask(command, args) {
    return this.#limited(`answer to ${command}`, (resolve, reject) => {
      const seq = this.send({ type: 'request', command, arguments: args });
      this.#answers.set(seq, { resolve, reject, what: command });
    });
  }

  /** The body of a successful response. */
  async request(command, args) {
    const response = await this.ask(command, args);
    if (!response.success) throw new Error(`${command}: ${response.message}`);
    return response.body;
  }

  /** The next event of that name that nobody has taken yet, and that fits. */
  event(name, fits = () => true) {
    return this.#limited(`event ${name}`, (resolve, reject) => {
      const one = {
        what: `event ${name}`, reject,
        look: () => {
          const at = this.#unread.findIndex((event) => event.event === name && fits(event.body));
          if (at < 0) return;
          this.#waiting.delete(one);
          resolve(this.#unread.splice(at, 1)[0].body);
        },
      };
      this.#waiting.add(one);
      one.look();
    });
  }

  /** From nothing to the program's first stop or free run. */
  async launch(args, { breakpoints = {}, filters = [], functions, how = 'launch', initialize = {} } = {}) {
    await this.request('initialize', { adapterID: 'any', linesStartAt1: true, columnsStartAt1: true, ...initialize });
    await this.request(how, args);
    await this.event('initialized');
    const set = {};
    for (const [path, lines] of Object.entries(breakpoints)) {
      const wanted = lines.map((line) => (typeof line === 'number' ? { line } : line));
      set[path] = (await this.request('setBreakpoints', { source: { path }, breakpoints: wanted })).breakpoints;
    }
    if (functions) set.functions = (await this.request('setFunctionBreakpoints', { breakpoints: functions })).breakpoints;
    const options = filters.filter((one) => typeof one === 'object');
    const plain = filters.filter((one) => typeof one === 'string');
    set.filters = (await this.request('setExceptionBreakpoints', { filters: plain, filterOptions: options })).breakpoints;
    await this.request('configurationDone');
    return set;
  }

  stopped() {
    return this.event('stopped');
  }

  /** The stack as `name file:line`, labels as they are. */
  async stack(levels = 20) {
    const { stackFrames } = await this.request('stackTrace', { threadId: 1, levels });
    return stackFrames;
  }

  async top() {
    return (await this.stack(1))[0];
  }

  /** The variables of the scope whose name begins with `scope`, by name. */
  async scope(scope, frame) {
    const { id } = frame ?? await this.top();
    const { scopes } = await this.request('scopes', { frameId: id });
    const found = scopes.find(({ name }) => name.startsWith(scope));
    if (!found) throw new Error(`no scope ${scope} in ${scopes.map(({ name }) => name)}`);
    return Object.fromEntries((await this.variables(found.variablesReference)).map((one) => [one.name, one]));
  }

  async variables(variablesReference, more = {}) {
    return (await this.request('variables', { variablesReference, ...more })).variables;
  }

  async evaluate(expression, more = {}) {
    return (await this.request('evaluate', { expression, ...more })).result;
  }

  /** What the program printed so far. */
  get output_text() {
    return this.events.filter(({ event }) => event === 'output').map(({ body }) => body.output).join('');
  }
}

/** The 1-based line with `// @name` in a text. */
export function marker(source, name) {
  const line = source.split('\n').findIndex((text) => text.includes(`// @${name}`));
  if (line < 0) throw new Error(`no line is marked @${name}`);
  return line + 1;
}
