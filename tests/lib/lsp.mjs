// A small LSP client. `LspClient` obeys the specification; `RawLsp` sends whatever bytes a test likes.
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { program } from './rondo.mjs';

/** One server process and its framed messages, with nothing added and nothing checked. */
export class RawLsp {
  #input = Buffer.alloc(0);
  messages = [];
  #waiting = new Set();

  constructor(args = [], { timeoutMs = 30_000 } = {}) {
    this.child = spawn(program('rondo-lsp'), args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.stderr = '';
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.stderr += text; });
    this.child.stdout.on('data', (bytes) => this.#take(bytes));
    this.child.stdin.on('error', () => {});
    const limit = setTimeout(() => {
      this.stderr += `\n(killed after ${timeoutMs} ms; its last message: ${JSON.stringify(this.messages.at(-1))})`;
      this.child.kill('SIGKILL');
    }, timeoutMs);
    this.ended = new Promise((resolve) => this.child.on('close', (code, signal) => {
      clearTimeout(limit);
      resolve({ code, signal });
      for (const look of this.#waiting) look(new Error(`the server ended (${code ?? signal}): ${this.stderr}`));
    }));
  }

  #take(bytes) {
    this.#input = Buffer.concat([this.#input, bytes]);
    for (;;) {
      const head = this.#input.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#input.subarray(0, head).toString())[1]);
      if (this.#input.length < head + 4 + length) return;
      const message = JSON.parse(this.#input.subarray(head + 4, head + 4 + length).toString());
      this.#input = this.#input.subarray(head + 4 + length);
      this.messages.push(message);
      this.received?.(message);
      for (const look of this.#waiting) look();
    }
  }

  write(text) {
    this.child.stdin.write(text);
  }

  send(message) {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  /** The first message, past or to come, that `wanted` takes. */
  until(wanted) {
    return new Promise((resolve, reject) => {
      const look = (error) => {
        const found = this.messages.find(wanted);
        if (found) resolve(found);
        else if (error) reject(error);
        else return;
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  stop() {
    this.child.kill('SIGKILL');
    return this.ended;
  }
}

/** A client that keeps the rules: handshake, ids, answers to the server's requests, documents with versions. */
export class LspClient extends RawLsp {
  #id = 0;
  #versions = new Map();
  diagnostics = new Map();
  refreshes = 0;
  settings = { address: '' };

  received(message) {
    if (message.method === 'textDocument/publishDiagnostics') {
      this.diagnostics.set(message.params.uri, message.params);
    }
    if (message.id === undefined || message.method === undefined) return;
    if (message.method === 'workspace/inlayHint/refresh') this.refreshes++;
    const result = message.method === 'workspace/configuration' ? message.params.items.map(() => this.settings) : null;
    this.send({ id: message.id, result });
  }

  async request(method, params) {
    const id = ++this.#id;
    this.send({ id, method, params });
    const answer = await this.until((message) => message.id === id && message.method === undefined);
    this.messages.splice(this.messages.indexOf(answer), 1);
    if (answer.error) throw Object.assign(new Error(answer.error.message), { code: answer.error.code });
    return answer.result;
  }

  notify(method, params) {
    this.send({ method, params });
  }

  async start({ root, encodings = ['utf-16'], settings } = {}) {
    if (settings) this.settings = settings;
    const result = await this.request('initialize', {
      processId: process.pid,
      rootUri: root ? pathToFileURL(root).href : null,
      workspaceFolders: root ? [{ uri: pathToFileURL(root).href, name: 'root' }] : null,
      capabilities: {
        general: { positionEncodings: encodings },
        workspace: { configuration: true, workspaceFolders: true, inlayHint: { refreshSupport: true }, didChangeWatchedFiles: { dynamicRegistration: true } },
        textDocument: { publishDiagnostics: { relatedInformation: true }, documentSymbol: { hierarchicalDocumentSymbolSupport: true } },
      },
    });
    this.notify('initialized', {});
    return result;
  }

  open(uri, text, languageId = 'javascript') {
    this.#versions.set(uri, 1);
    this.notify('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
  }

  change(uri, contentChanges) {
    const version = this.#versions.get(uri) + 1;
    this.#versions.set(uri, version);
    this.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
    return version;
  }

  /** The diagnostics of the newest version of a document. */
  async diagnosed(uri, wanted = () => true) {
    const message = await this.until(({ method, params }) => method === 'textDocument/publishDiagnostics'
      && params.uri === uri && params.version === this.#versions.get(uri) && wanted(params.diagnostics));
    this.messages = this.messages.filter((one) => one === message || one.params?.uri !== uri);
    return message.params.diagnostics;
  }

  async shutdown() {
    await this.request('shutdown');
    this.notify('exit');
    return this.ended;
  }
}

/** The position of `|` in a text, and the text without it. */
export function mark(marked) {
  const offset = marked.indexOf('|');
  const before = marked.slice(0, offset).split('\n');
  return { text: marked.replace('|', ''), position: { line: before.length - 1, character: before.at(-1).length } };
}
