// A small client of the Chrome DevTools Protocol over a WebSocket: answers by id, events by name.
import { EventEmitter } from 'node:events';
import WebSocket from 'ws';

/** How long a request may take; a loop that stands still answers nothing. */
export const ANSWER_MS_MAX = 5000;
/** Requests that wait for an answer at once. */
export const WAITING_MAX = 64;

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
  limit: NodeJS.Timeout;
}

/** Emits `event` with (method, params), and `end` once. */
export class CdpClient extends EventEmitter {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  static connect(url: string): Promise<CdpClient> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: ANSWER_MS_MAX });
      socket.once('error', reject);
      socket.once('open', () => {
        socket.off('error', reject);
        resolve(new CdpClient(socket));
      });
    });
  }

  private constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.on('message', (data) => this.#receive(String(data)));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#end());
  }

  send(method: string, params: object = {}): Promise<unknown> {
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error('The connection to the inspector is closed.'));
    if (this.#waiting.size >= WAITING_MAX) return Promise.reject(new Error('The event loop does not answer.'));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`No answer to ${method} in ${ANSWER_MS_MAX / 1000} s.`));
      }, ANSWER_MS_MAX);
      this.#waiting.set(id, { resolve, reject, limit });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  close(): void {
    this.#socket.close();
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as { id?: number; method?: string; params?: unknown; result?: unknown; error?: { message: string } };
    if (message.method !== undefined) {
      this.emit('event', message.method, message.params ?? {});
      return;
    }
    const waiting = this.#waiting.get(message.id ?? 0);
    if (!waiting) return;
    this.#waiting.delete(message.id ?? 0);
    clearTimeout(waiting.limit);
    if (message.error) waiting.reject(new Error(message.error.message));
    else waiting.resolve(message.result);
  }

  #end(): void {
    for (const { reject, limit } of this.#waiting.values()) {
      clearTimeout(limit);
      reject(new Error('The connection to the inspector was closed.'));
    }
    this.#waiting.clear();
    this.emit('end');
  }
}
