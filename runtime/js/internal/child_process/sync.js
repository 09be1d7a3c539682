// `spawnSync`, `execFileSync`, `execSync`.
'use strict';

const native = binding('child');
const { normalizeSpawn, signalNumber, signalName, stdioList, stdioKind } = require('internal/child_process/options');
const { ArrayPrototypePush, ArrayPrototypeSlice, Error, NumberIsInteger } = primordials;

const Infinity = 1 / 0;

const MAX_BUFFER = 1024 * 1024;

function toBytes(input, name) {
  if (input === undefined || input === null) return undefined;
  const { Buffer } = require('buffer');
  if (typeof input === 'string') return Buffer.from(input);
  if (primordials.ArrayBufferIsView(input)) return Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  throw new (require('internal/errors').codes.ERR_INVALID_ARG_TYPE)(name, ['Buffer', 'TypedArray', 'DataView', 'string'], input);
}

function checkLimits(options) {
  const { codes } = require('internal/errors');
  const { timeout, maxBuffer } = options;
  if (timeout !== undefined && timeout !== null && !(NumberIsInteger(timeout) && timeout >= 0)) {
    throw new codes.ERR_OUT_OF_RANGE('timeout', 'an unsigned integer', timeout);
  }
  if (maxBuffer !== undefined && maxBuffer !== null && !(typeof maxBuffer === 'number' && maxBuffer >= 0)) {
    throw new codes.ERR_OUT_OF_RANGE('options.maxBuffer', 'a positive number', maxBuffer);
  }
}

function spawnSync(file, args, options) {
  const plan = { maxBuffer: MAX_BUFFER, ...normalizeSpawn(file, args, options) };
  checkLimits(plan);
  const killSignal = signalNumber(plan.killSignal, 'options.killSignal') ?? 15;
  const list = stdioList(plan.stdio);
  const fds = [];
  const pipes = [];
  for (let i = 0; i < list.length; i++) {
    const kind = stdioKind(list[i], i);
    if (kind.type === 'ipc') throw new (require('internal/errors').codes.ERR_IPC_SYNC_FORK)();
    ArrayPrototypePush(fds, kind.type === 'fd' ? kind.fd : -1);
    if (kind.type === 'pipe') ArrayPrototypePush(pipes, i);
  }
  const input = toBytes(plan.input ?? (typeof list[0] === 'object' ? list[0]?.input : undefined), 'options.stdio[0]');
  if (input !== undefined && !pipes.includes(0)) {
    fds[0] = -1;
    pipes.unshift(0);
  }
  const result = native.spawnSync({
    file: plan.file, args: plan.args, env: plan.env, cwd: plan.cwd, fds, pipes, input, detached: plan.detached,
    uid: plan.uid ?? undefined, gid: plan.gid ?? undefined, timeout: plan.timeout ?? 0, maxBuffer: plan.maxBuffer ?? Infinity, killSignal,
  });
  return shape(result, plan, pipes, fds.length);
}

function shape(result, plan, pipes, count) {
  const { errnoException } = require('internal/errors');
  const { Buffer } = require('buffer');
  const answer = { status: null, signal: null, output: null, pid: 0, stdout: null, stderr: null };
  const errno = typeof result === 'number' ? result : -result.error;
  if (typeof result !== 'number') {
    const encoding = plan.encoding && plan.encoding !== 'buffer' ? plan.encoding : undefined;
    answer.pid = result.pid;
    if (result.signal !== 0) answer.signal = signalName(result.signal);
    else answer.status = result.status;
    answer.output = new primordials.Array(count).fill(null);
    for (let i = 0; i < pipes.length; i++) {
      if (pipes[i] === 0) continue;
      const bytes = Buffer.from(result.output[i].buffer, result.output[i].byteOffset, result.output[i].byteLength);
      answer.output[pipes[i]] = encoding === undefined ? bytes : bytes.toString(encoding);
    }
    answer.stdout = answer.output[1];
    answer.stderr = answer.output[2];
  }
  if (errno !== 0) {
    answer.error = errnoException(errno, `spawnSync ${plan.file}`);
    answer.error.path = plan.file;
    answer.error.spawnargs = ArrayPrototypeSlice(plan.args, 1);
  }
  return answer;
}

// The error of a child that failed, or undefined.
function failure(result, args, command) {
  if (result.error) return primordials.ObjectAssign(result.error, result);
  if (result.status === 0) return undefined;
  let message = 'Command failed: ';
  message += command ?? args.join(' ');
  if (result.stderr && result.stderr.length > 0) message += `\n${result.stderr.toString()}`;
  return primordials.ObjectAssign(new Error(message), result);
}

function finish(result, options, args, command) {
  const showErrors = !options.stdio;
  if (showErrors && result.stderr) require('process').stderr.write(result.stderr);
  const error = failure(result, args, command);
  if (error) throw error;
  return result.stdout;
}

function execFileSync(file, args, options) {
  if (!primordials.ArrayIsArray(args) && typeof args === 'object' && args !== null) {
    options = args;
    args = undefined;
  }
  const given = { ...options };
  const result = spawnSync(file, args ?? [], given);
  return finish(result, given, [given.argv0 ?? file, ...(args ?? [])]);
}

function execSync(command, options) {
  require('internal/validators').validateString(command, 'command');
  const given = { ...options, shell: typeof options?.shell === 'string' ? options.shell : true };
  const result = spawnSync(command, given);
  return finish(result, given, [], command);
}

module.exports = { spawnSync, execFileSync, execSync };
