// `rondo repl`, and `rondo` alone on a terminal.
'use strict';

const { getOption } = require('internal/options');

function start() {
  const process = require('process');
  const repl = require('repl');
  if (process.stdin.isTTY) process.stdout.write(`Rondo v${process.versions.rondo}, compatible with Node.js ${process.version}.\nType ".help" for more information.\n`);
  const server = repl.start({ prompt: '> ', useGlobal: true, preview: false });
  const file = process.env.NODE_REPL_HISTORY ?? require('path').join(require('os').homedir(), '.rondo_repl_history');
  if (process.stdin.isTTY && file !== '') server.setupHistory(file, () => {});
  server.on('exit', () => process.exit());
  const code = getOption('eval');
  if (code !== undefined) server.write(`${code}\n`);
}

module.exports = { start };
