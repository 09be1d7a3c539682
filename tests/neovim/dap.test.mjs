// nvim-dap with the configuration that inspector/dap/README.md gives: from callback to callback with its plain commands.
// No package registry carries nvim-dap, so this runs where RONDO_NVIM_DAP names a copy of it.
import assert from 'node:assert';
import test from 'node:test';
import { fixture } from '../dap/adapter.mjs';
import { Neovim, newNvim, snippet } from '../lib/neovim.mjs';

const plugin = process.env.RONDO_NVIM_DAP;
const program = fixture('callbacks.js');
const place = `local session = require('dap').session()
local frame = session and session.stopped_thread_id and session.current_frame
return frame and { line = frame.line, name = frame.name, seen = Stops } or vim.NIL`;

async function opened(t, more = '') {
  const config = `vim.opt.rtp:prepend('${plugin}')\n${snippet('inspector/dap/README.md')}
Stops = 0
${more}
dap.listeners.after.event_stopped.test = function() Stops = Stops + 1 end`;
  const editor = new Neovim(newNvim, config, { args: [program.path] });
  t.after(() => editor.stop());
  await editor.until("return package.loaded.dap ~= nil and vim.bo.filetype == 'javascript'");
  return editor;
}

const run = "require('dap').run(require('dap').configurations.javascript[1])";

if (plugin) {
  test('nvim-dap: a breakpoint, then plain next from callback to callback', async (t) => {
    const editor = await opened(t);
    await editor.lua(`vim.api.nvim_win_set_cursor(0, { ${program.line('timer')}, 0 })\nrequire('dap').toggle_breakpoint()`);
    await editor.lua(run);
    const names = [(await editor.until(place)).name];
    while (!names.includes('onConnection')) {
      const { seen } = await editor.until(place);
      await editor.lua("require('dap').step_over()");
      names.push((await editor.until(place, (at) => at !== null && at.seen > seen)).name);
      assert.ok(names.length < 12, `${names}`);
    }
    assert.deepStrictEqual([...new Set(names)], ['onTimer', 'onFile', 'onListening', 'onConnection']);
  });

  test('nvim-dap: the filter loop:timers stops at the timer, and the mapping steps on', async (t) => {
    const [, asked] = /^-- (dap\.defaults.*)$/m.exec(snippet('inspector/dap/README.md'));
    const editor = await opened(t, asked);
    await editor.lua(run);
    const { name, seen } = await editor.until(place);
    assert.strictEqual(name, 'onTimer');
    await editor.keys('\\\\dc');
    assert.strictEqual((await editor.until(place, (at) => at !== null && at.seen > seen)).name, 'onFile');
  });
}
