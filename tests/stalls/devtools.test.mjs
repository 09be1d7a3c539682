// The `.cpuprofile` of `rondo profile` in the Performance panel of the real Chrome DevTools, which is open on another process.
import assert from 'node:assert';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { openDevTools } from '../lib/devtools.mjs';
import { needs } from '../lib/needs.mjs';
import { program, run, startInspected } from '../lib/rondo.mjs';

const WAIT = { timeout: 20_000 };
const HELD_MS = 200;

for (const flags of [[], ['--cpu']]) {
  test(`DevTools shows the function that held the loop, its line and its time ${flags}`, needs('chromium'), async () => {
    const out = mkdtempSync(join(tmpdir(), 'rondo-profile-'));
    const script = join(out, 'holds.js');
    writeFileSync(script, `// one
setTimeout(function held() {
  const end = Date.now() + ${HELD_MS};
  while (Date.now() < end);
}, 20);
`);
    const end = await run(program(), ['profile', '--out', out, ...flags, script]);
    assert.strictEqual(end.code, 0, end.stderr);

    const other = await startInspected(['-e', 'setInterval(() => {}, 1000)']);
    const devtools = await openDevTools(other.address, { panel: 'timeline' });
    try {
      const { page } = devtools;
      await page.locator('input[type=file]').first().setInputFiles(join(out, 'cpu.cpuprofile'));
      const tab = page.getByRole('tab', { name: 'Bottom-up' });
      await tab.waitFor(WAIT);
      // No click: a help that DevTools shows once may lie over it.
      await tab.dispatchEvent('mousedown', { button: 0 });
      const row = page.getByRole('row').filter({ hasText: 'holds.js' }).first();
      await row.waitFor(WAIT);
      const text = await row.innerText();
      assert.match(text, /held/);
      assert.match(text, /holds\.js:[234]\b/);
      const [, ms] = /([\d.,]+)\sms/.exec(text);
      assert.ok(Number(ms.replaceAll(',', '')) > HELD_MS / 2, text);
    } finally {
      await devtools.close();
      await other.stop();
    }
  });
}
