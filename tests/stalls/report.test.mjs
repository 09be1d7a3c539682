// The report of `rondo profile` in Chromium: opens from a file without any network, draws, and is worked by mouse and keys.
import assert from 'node:assert';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { needsInstalled } from '../lib/needs.mjs';
import { program, run } from '../lib/rondo.mjs';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const PROGRAM = `
  const text = JSON.stringify(Array.from({ length: 300_000 }, (_, id) => ({ id, tags: ['a', 'b'] })));
  let left = 400;
  const beat = setInterval(function quick() { if (--left === 0) clearInterval(beat); }, 1);
  setTimeout(function busy() { const end = Date.now() + 150; while (Date.now() < end); }, 100);
  setTimeout(function read() { JSON.parse(text); }, 300);`;

/** The report of PROGRAM in a browser that may ask for nothing else. */
async function open(context) {
  const out = mkdtempSync(join(tmpdir(), 'rondo-report-'));
  const end = await run(program(), ['profile', '--out', out, '-e', PROGRAM]);
  assert.strictEqual(end.code, 0, end.stderr);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  context.after(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  const asked = [];
  const complaints = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  const url = String(pathToFileURL(join(out, 'report.html')));
  await page.goto(url);
  return { page, url, asked, complaints };
}

test('the report: one file, no network, a timeline that is drawn, zoomed and walked by keys', needsInstalled('Chromium', executablePath), async (context) => {
  const { page, url, asked, complaints } = await open(context);
  const range = () => page.locator('#range').textContent();
  const colours = () => page.locator('#lanes').evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
  });
  assert.match(await page.locator('#stalls').innerText(), /JSON\.parse|read/);
  assert.match(await page.locator('#sites').innerText(), /quick/);
  assert.ok(await colours() > 8, 'lanes have colours');

  const whole = await range();
  const lanes = page.locator('#lanes');
  await lanes.scrollIntoViewIfNeeded();
  const box = await lanes.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 3);
  await page.mouse.wheel(0, -300);
  await page.waitForFunction((before) => document.getElementById('range').textContent !== before, whole);
  await page.keyboard.press('0');
  await page.waitForFunction((before) => document.getElementById('range').textContent === before, whole);

  await page.keyboard.press('n');
  const first = await page.locator('#detail').innerText();
  await page.keyboard.press('n');
  await page.waitForFunction((before) => document.getElementById('detail').innerText !== before, first);
  await page.keyboard.press('p');
  await page.waitForFunction((before) => document.getElementById('detail').innerText === before, first);

  await page.keyboard.press('0');
  await lanes.scrollIntoViewIfNeeded();
  const shown = await lanes.boundingBox();
  for (let x = 0.15; x < 1 && await page.locator('#tip').isHidden(); x += 0.01) await page.mouse.move(shown.x + shown.width * x, shown.y + 36);
  assert.match(await page.locator('#tip').innerText(), /ms|µs/);
  assert.deepStrictEqual(asked, [url]);
  assert.deepStrictEqual(complaints, []);
});
