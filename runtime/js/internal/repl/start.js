// `rondo repl`, and `rondo` alone on a terminal.
'use strict';

const { getOption } = require('internal/options');

const HISTORY_SIZE = 1000;

function start() {
  const process = require('process');
  const repl = require('repl');
  if (getOption('input-type') !== undefined) {
    binding('process').writeSync(2, 'Cannot specify --input-type for REPL\n');
    process.exit(9);
  }
  if (process.stdin.isTTY || getOption('interactive')) {
    process.stdout.write(`Welcome to Rondo v${process.versions.rondo}, compatible with Node.js ${process.version}.\nType ".help" for more information.\n`);
  }
  const server = repl.start({ prompt: '> ', useGlobal: true, breakEvalOnSigint: true, historySize: HISTORY_SIZE });
  server.isStandalone = true;
  const file = process.env.NODE_REPL_HISTORY ?? require('path').join(require('os').homedir(), '.rondo_repl_history');
  if (process.stdin.isTTY && file !== '') server.setupHistory(file, () => {});
  server.on('exit', () => process.exit());
  const code = getOption('eval');
  if (code !== undefined) server.write(`${code}\n`);
}

module.exports = { start };
