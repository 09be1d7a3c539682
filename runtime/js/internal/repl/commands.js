// The commands of the prompt that begin with a dot.
'use strict';

function install(server) {
  const fs = () => require('fs');
  const lines = server.lines = [];
  server.on('line', (line) => { if (line[0] !== '.') lines.push(line); });
  server.defineCommand('break', { help: 'Sometimes you get stuck, this gets you out', action() {
    this.clearBufferedCommand();
    this.displayPrompt();
  } });
  server.defineCommand('clear', { help: 'Break, and also clear the local context', action() {
    this.clearBufferedCommand();
    if (!this.useGlobal) this.resetContext();
    this.displayPrompt();
  } });
  server.defineCommand('exit', { help: 'Exit the REPL', action() { this.close(); } });
  server.defineCommand('help', { help: 'Print this help message', action() {
    for (const name of Object.keys(this.commands).sort()) this.output.write(`.${name.padEnd(8)}   ${this.commands[name].help ?? ''}\n`);
    this.output.write('\nPress Ctrl+C to abort current expression, Ctrl+D to exit the REPL\n');
    this.displayPrompt();
  } });
  server.defineCommand('save', { help: 'Save all evaluated commands in this REPL session to a file', action(file) {
    try {
      fs().writeFileSync(file, `${lines.join('\n')}\n`);
      this.output.write(`Session saved to: ${file}\n`);
    } catch {
      this.output.write(`Failed to save: ${file}\n`);
    }
    this.displayPrompt();
  } });
  server.defineCommand('load', { help: 'Load JS from a file into the REPL session', action(file) {
    try {
      this.write(`${fs().readFileSync(file, 'utf8').replace(/\n?$/, '\n')}`);
    } catch {
      this.output.write(`Failed to load: ${file}\n`);
    }
    this.displayPrompt();
  } });
}

const { Object } = primordials;
module.exports = { install };
