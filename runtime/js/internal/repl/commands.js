// The commands of the prompt that begin with a dot.
'use strict';

const {
  ArrayPrototypeJoin, ArrayPrototypeSort, ObjectKeys, RegExpPrototypeSymbolReplace, StringPrototypePadEnd,
} = primordials;

function install(server) {
  const fs = () => require('fs');
  server.defineCommand('break', { help: 'Sometimes you get stuck, this gets you out', action() {
    this.clearBufferedCommand();
    this.displayPrompt();
  } });
  server.defineCommand('clear', { help: server.useGlobal ? 'Alias for .break' : 'Break, and also clear the local context', action() {
    this.clearBufferedCommand();
    if (!this.useGlobal) {
      this.output.write('Clearing context...\n');
      this.resetContext();
    }
    this.displayPrompt();
  } });
  server.defineCommand('editor', { help: 'Enter editor mode', action() {
    this.editorMode = true;
    this.output.write('// Entering editor mode (Ctrl+D to finish, Ctrl+C to cancel)\n');
    this.displayPrompt();
  } });
  server.defineCommand('exit', { help: 'Exit the REPL', action() { this.close(); } });
  server.defineCommand('help', { help: 'Print this help message', action() {
    const names = ArrayPrototypeSort(ObjectKeys(this.commands));
    for (let i = 0; i < names.length; i++) {
      this.output.write(`.${StringPrototypePadEnd(names[i], 8)} ${this.commands[names[i]].help ?? ''}\n`);
    }
    this.output.write('\nPress Ctrl+C to abort current expression, Ctrl+D to exit the REPL\n');
    this.displayPrompt();
  } });
  server.defineCommand('save', { help: 'Save all evaluated commands in this REPL session to a file', action(file) {
    try {
      if (file === '') throw new (require('internal/errors').codes.ERR_MISSING_ARGS)('file');
      fs().writeFileSync(file, `${ArrayPrototypeJoin(this.lines, '\n')}\n`);
      this.output.write(`Session saved to: ${file}\n`);
    } catch (error) {
      this.output.write(error.code === 'ERR_MISSING_ARGS' ? `${error.message}\n` : `Failed to save: ${file}\n`);
    }
    this.displayPrompt();
  } });
  server.defineCommand('load', { help: 'Load JS from a file into the REPL session', action(file) {
    let text;
    try {
      if (file === '') throw new (require('internal/errors').codes.ERR_MISSING_ARGS)('file');
      if (!fs().statSync(file).isFile()) {
        this.output.write(`Failed to load: ${file} is not a valid file\n`);
        this.displayPrompt();
        return;
      }
      text = fs().readFileSync(file, 'utf8');
    } catch (error) {
      this.output.write(error.code === 'ERR_MISSING_ARGS' ? `${error.message}\n` : `Failed to load: ${file}\n`);
      this.displayPrompt();
      return;
    }
    this._runText(RegExpPrototypeSymbolReplace(/^#!.*|\n+$/g, text, ''));
  } });
}

module.exports = { install };
