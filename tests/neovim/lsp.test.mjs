// A user's Neovim with the configuration that lsp/README.md gives: findings, hover, definition, and a running program.
import assert from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { holdingProgram } from '../lib/headless_editor.mjs';
import { needs, needsInstalled } from '../lib/needs.mjs';
import { Neovim, newNvim, snippet } from '../lib/neovim.mjs';
import { startInspected } from '../lib/rondo.mjs';

const diagnostics = `local all = {}
for _, d in ipairs(vim.diagnostic.get(0)) do table.insert(all, { code = d.code, line = d.lnum, severity = d.severity, message = d.message }) end
return all`;
/** What is drawn at the ends of lines, by line; namespaces are tried by number, since some have no name. */
const drawn = `vim.cmd('redraw!')
local all = {}
for namespace = 1, 100 do
  local known, marks = pcall(vim.api.nvim_buf_get_extmarks, 0, namespace, 0, -1, { details = true })
  for _, m in ipairs(known and marks or {}) do
    local text = {}
    for _, chunk in ipairs(m[4].virt_text or {}) do table.insert(text, chunk[1]) end
    if #text > 0 then table.insert(all, { line = m[2], text = table.concat(text) }) end
  end
end
return all`;
const cursor = 'return vim.api.nvim_win_get_cursor(0)';
const floating = `for _, win in ipairs(vim.api.nvim_list_wins()) do
  if vim.api.nvim_win_get_config(win).relative ~= '' then
    return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(win), 0, -1, false), '\\n')
  end
end
return ''`;

for (const [name, nvim, number, options] of [
  ['Neovim 0.11', newNvim, 0, needsInstalled('Neovim 0.11', newNvim)],
  ['Neovim of the system', 'nvim', 1, needs('nvim')],
]) {
  test(`${name}: findings, hover, definition, and the marks of a running program`, options, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'rondo-neovim-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'app.js');
    writeFileSync(file, holdingProgram);
    const running = await startInspected([file], { timeoutMs: 90_000 });
    t.after(() => running.stop());
    const config = snippet('lsp/README.md', number);
    assert.ok(config.includes('127.0.0.1:9229'));
    const editor = new Neovim(nvim, config.replace('127.0.0.1:9229', running.address), { args: [file] });
    t.after(() => editor.stop());

    const has = (list, code) => list.find((one) => one.code === code);
    const all = await editor.until(diagnostics, (list) => has(list, 'loop/sync-io') && has(list, 'loop/stall'));
    assert.strictEqual(has(all, 'loop/sync-io').line, 7);
    assert.ok([2, 3, 6].includes(has(all, 'loop/stall').line), JSON.stringify(all));
    await editor.until(diagnostics, (list) => /measured/.test(has(list, 'loop/busy-wait').message) && has(list, 'loop/busy-wait').severity === 1);
    await editor.until(drawn, (marks) => marks.some(({ text }) => /held the (event )?loop/.test(text)));

    await editor.lua("vim.api.nvim_win_set_cursor(0, { 8, 6 }); vim.lsp.buf.hover()");
    assert.match(await editor.until(floating, (text) => text.includes('existsSync')), /Blocks the loop/);
    await editor.lua("vim.cmd('fclose!')").catch(() => {});
    await editor.lua("vim.api.nvim_win_set_cursor(0, { 7, 3 }); vim.lsp.buf.definition()");
    assert.deepStrictEqual(await editor.until(cursor, ([line]) => line === 2), [2, 9]);

    if (nvim === newNvim) {
      await editor.until(drawn, (marks) => marks.some(({ line, text }) => line === 5 && /interval \d+× · late p99 .* · cost p99/.test(text)));
    }
    await editor.keys('ggO// one<CR>two<Esc>');
    await editor.until(diagnostics, (list) => [4, 5, 8].includes(has(list, 'loop/stall')?.line) && has(list, 'loop/sync-io').line === 9);

    await running.stop();
    await editor.until(diagnostics, (list) => !has(list, 'loop/stall') && has(list, 'loop/busy-wait').severity === 2);
    await editor.until(drawn, (marks) => !marks.some(({ text }) => /late p99|held the/.test(text)));
  });
}
