// The real Chrome DevTools, the one inside Chromium, opened headless on an inspector's target.
import { createServer } from 'node:net';
import { chromium } from 'playwright-core';

const freePort = () => new Promise((resolve, reject) => {
  const server = createServer().on('error', reject).listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** `address` is HOST:PORT of an inspector; the result has a Playwright `page` on the DevTools window. */
export async function openDevTools(address, { panel = 'sources', viewport = { width: 1400, height: 900 } } = {}) {
  const [target] = await (await fetch(`http://${address}/json/list`)).json();
  const port = await freePort();
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--remote-allow-origins=*', `--remote-debugging-port=${port}`],
  });
  try {
    const page = await browser.newPage({ viewport });
    const query = new URLSearchParams({ experiments: 'true', v8only: 'true', ws: target.webSocketDebuggerUrl.replace('ws://', ''), panel });
    await page.goto(`http://127.0.0.1:${port}/devtools/js_app.html?${query}`);
    await page.getByRole('tab', { name: 'Sources' }).waitFor({ timeout: 30_000 });
    return { page, port, close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
