// Where the programs under test are, and how a test starts one: bounded in time, stopped with the test.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = process.env.RONDO_BIN_DIR ?? join(root, 'target', 'release');
/** Node of the npm package `node`: the reference for behaviour. */
export const node = join(root, 'tests', 'node_modules', '.bin', 'node');

/** The path of `rondo`, `rondo-dap` or `rondo-lsp`. */
export function program(name = 'rondo') {
  const path = join(folder, name);
  if (!existsSync(path)) throw new Error(`${path} is missing: cargo build --release`);
  return path;
}

/**
 * Starts a program and collects what it prints.
 * `until(pattern)` resolves with the match once its output has it; `end` with { code, signal, stdout, stderr }.
 */
export function start(command, args, { env = {}, cwd = root, timeoutMs = 20_000, input } = {}) {
  const child = spawn(command, args, { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  const waiting = new Set();
  const look = () => { for (const one of waiting) one(); };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (text) => { output[name] += text; look(); });
  }
  if (input !== undefined) child.stdin.end(input);
  let overdue = false;
  const limit = setTimeout(() => { overdue = true; child.kill('SIGKILL'); }, timeoutMs);
  const end = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      if (overdue) output.stderr += `\n(killed after ${timeoutMs} ms)`;
      resolve({ code, signal, ...output });
      child.ended = true;
      look();
    });
  });
  const until = (pattern) => new Promise((resolve, reject) => {
    const one = () => {
      const match = pattern.exec(output.stdout) ?? pattern.exec(output.stderr);
      if (match) resolve(match);
      else if (child.ended) reject(new Error(`ended without ${pattern}:\n${output.stdout}\n${output.stderr}`));
      else return;
      waiting.delete(one);
    };
    waiting.add(one);
    one();
  });
  return { child, output, end, until, stop: () => { child.kill('SIGKILL'); return end; } };
}

/** Runs a program to its end. */
export const run = (command, args, options) => start(command, args, options).end;

/** Starts `rondo --inspect…` on a free port or at `address`; resolves with its WebSocket address too. */
export async function startInspected(args, { flag = '--inspect', address: wanted = '127.0.0.1:0', ...options } = {}) {
  const running = start(program(), [`${flag}=${wanted}`, ...args], options);
  const [, url, address] = await running.until(/Debugger listening on (ws:\/\/([^/]+)\/\S+)/);
  return { ...running, url, address };
}
