// Emacs with dap-mode and the configuration that inspector/dap/README.md gives, on the example server: breakpoint, stack,
// scope, evaluation, plain steps from callback to callback, a filter, the end.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Emacs, needsEmacs, quoted, snippet } from '../lib/emacs.mjs';
import { root } from '../lib/rondo.mjs';

const server = join(root, 'runtime', 'examples', 'push-server.js');
const lines = readFileSync(server, 'utf8').split('\n');
const lineOf = (text) => lines.findIndex((line) => line.includes(text)) + 1;

/** Callbacks further than any that the server can have between a tick, a request and its file. */
const STEPS_MAX = 40;

const hooks = `(defvar rondo-stops 0)
(defvar rondo-said nil)
(add-hook 'dap-stopped-hook (lambda (&rest _) (setq rondo-stops (1+ rondo-stops))))
(advice-add 'dap-overlays--display-interactive-eval-result :before (lambda (text &rest _) (push text rondo-said)))`;
/** The frame in which the cursor stands, once its stack is there. */
const place = `(let* ((session (dap--cur-session)) (frame (and session (dap--debug-session-active-frame session))))
  (and frame (list :stops rondo-stops :name (gethash "name" frame) :line (gethash "line" frame)
    :reason (gethash 1 (dap--debug-session-thread-states session)) :cursor (with-current-buffer (window-buffer) (line-number-at-pos (window-point)))
    :stack (vconcat (mapcar (lambda (one) (list :name (gethash "name" one) :line (gethash "line" one)
      :file (let ((source (gethash "source" one))) (and source (gethash "name" source)))))
      (gethash 1 (dap--debug-session-thread-stack-frames session)))))))`;
const printed = '(with-current-buffer (dap--debug-session-output-buffer (dap--cur-session)) (buffer-string))';
const messages = '(with-current-buffer "*Messages*" (buffer-string))';

/** What runs in the server's buffer. */
const there = (code) => `(with-current-buffer (find-file-noselect ${quoted(server)}) ${code} t)`;
const toggleAt = (line) => there(`(save-excursion (goto-char (point-min)) (forward-line ${line - 1}) (dap-breakpoint-toggle))`);

test('Emacs: breakpoint, stack, scope, evaluation, next from callback to callback, a filter, disconnect', needsEmacs('dap-mode'), async (t) => {
  const editor = new Emacs(`${snippet('inspector/dap/README.md')}\n${hooks}`, { env: { PORT: '0' } });
  t.after(() => editor.stop());
  await editor.until(`(progn (find-file ${quoted(server)}) (and dap-mode dap-ui-mode (symbol-name major-mode)))`);
  await editor.lisp(toggleAt(lineOf("push('tick'")));
  await editor.lisp(there('(dap-debug (copy-tree (cdr (assoc "Rondo: run this file" dap-debug-template-configurations))))'));

  const stop = await editor.until(place);
  assert.deepStrictEqual([stop.name, stop.line, stop.cursor], ['tick', lineOf("push('tick'"), lineOf("push('tick'")]);
  const label = stop.stack.findIndex(({ name }) => name === '— scheduled by setInterval —');
  assert.ok(label > 0, JSON.stringify(stop.stack));
  assert.ok(stop.stack.slice(label).some(({ file, line }) => file === 'push-server.js' && line === lineOf('setInterval(function tick')), JSON.stringify(stop.stack));

  await editor.lisp('(dap-ui-locals)\n t');
  const locals = await editor.until('(with-current-buffer "*dap-ui-locals*" (buffer-string))', (text) => text.includes('Event loop'));
  assert.match(locals, /Local[^]*Global[^]*Event loop/);
  await editor.lisp(there('(dap-eval "clients.size + 41")'));
  assert.strictEqual(await editor.until('(car rondo-said)'), '41');

  // While the program stands still a request comes; what is stepped over is over at its callback's end.
  const [, address] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(await editor.until(printed, (text) => text.includes('http://')));
  const page = fetch(address);
  const names = new Set([stop.name]);
  for (let { stops } = stop; !names.has('pageRead');) {
    assert.ok(stops < STEPS_MAX, `${[...names]}`);
    // Once by the command that the document defines, then by the client's own.
    await editor.lisp(names.size === 1 ? '(rondo-step-to-next-callback)\n t' : '(dap-next (dap--cur-session))\n t');
    const next = await editor.until(place, (at) => at && at.stops > stops);
    names.add(next.name);
    ({ stops } = next);
  }
  const callbacks = ['tick', 'onRequest', 'pageRead'];
  assert.deepStrictEqual([...names].filter((name) => callbacks.includes(name)), callbacks);

  await editor.lisp(toggleAt(lineOf("push('tick'")));
  const { stops } = await editor.lisp(place);
  await editor.lisp(`(setq dap-exception-breakpoints '(("rondo" ("loop:timers" . t))))
(let ((session (dap--cur-session)))
  (dap--set-exception-breakpoints session (lambda () (dap-continue session (dap--debug-session-thread-id session)))))
t`);
  const filtered = await editor.until(place, (at) => at && at.stops > stops);
  assert.match(`${filtered.name}: ${filtered.reason}`, /^(tick|heartbeat): function breakpoint$/);
  assert.match(await (await page).text(), /<html/i);

  await editor.lisp('(dap-disconnect (dap--cur-session))\n t');
  await editor.until('(eq (dap--debug-session-state (dap--cur-session)) \'terminated)');
  await assert.rejects(fetch(address), 'the server is gone');
  assert.doesNotMatch(await editor.lisp(messages), /No message handler|Unable to find handler|process filter/);
});
