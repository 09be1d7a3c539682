// Emacs with lsp-mode and the configuration that lsp/README.md gives: findings, hover, definition, and a running program.
import assert from 'node:assert';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { Emacs, needsEmacs, quoted, snippet } from '../lib/emacs.mjs';
import { holdingProgram } from '../lib/headless_editor.mjs';
import { startInspected } from '../lib/rondo.mjs';

test('Emacs: findings, hover, definition, and the marks of a running program', needsEmacs('lsp-mode'), async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rondo-emacs-app-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'app.js');
  writeFileSync(file, holdingProgram);
  writeFileSync(join(folder, 'package.json'), '{}');
  const running = await startInspected([file], { timeoutMs: 240_000 });
  t.after(() => running.stop());
  const config = snippet('lsp/README.md');
  assert.ok(config.includes('127.0.0.1:9229'));
  const editor = new Emacs(config.replace('127.0.0.1:9229', running.address));
  t.after(() => editor.stop());
  const there = (code) => `(with-current-buffer (find-file-noselect ${quoted(file)}) ${code})`;
  // As if the user had said that the project may be looked at.
  await editor.until(`(progn (lsp-workspace-folders-add ${quoted(folder)}) (switch-to-buffer (find-file-noselect ${quoted(file)})) t)`);
  const diagnostics = there(`(vconcat (mapcar (lambda (one) (list :code (gethash "code" one) :message (gethash "message" one)
    :severity (gethash "severity" one) :line (gethash "line" (gethash "start" (gethash "range" one)))))
  (apply #'append (hash-table-values (lsp-diagnostics)))))`);

  const has = (list, code) => list.find((one) => one.code === code);
  const all = await editor.until(diagnostics, (list) => has(list, 'loop/sync-io') && has(list, 'loop/stall'));
  assert.strictEqual(has(all, 'loop/sync-io').line, 7);
  assert.ok([2, 3, 6].includes(has(all, 'loop/stall').line), JSON.stringify(all));
  await editor.until(diagnostics, (list) => /measured/.test(has(list, 'loop/busy-wait').message) && has(list, 'loop/busy-wait').severity === 1);

  const at = (line, column, code) => there(`(save-excursion (goto-char (point-min)) (forward-line ${line}) (forward-char ${column}) ${code})`);
  assert.match(await editor.lisp(at(7, 6, `(lsp--render-on-hover-content (gethash "contents" (lsp-request "textDocument/hover" (lsp--text-document-position-params))) t)`)), /Blocks the loop/);
  assert.strictEqual(await editor.lisp(at(6, 3, '(progn (lsp-find-definition) (line-number-at-pos))')), 2);

  await running.stop();
  await editor.until(diagnostics, (list) => !has(list, 'loop/stall') && has(list, 'loop/busy-wait').severity === 2);
});
