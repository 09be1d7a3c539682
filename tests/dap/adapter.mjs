// What the adapter's tests share: where it is, its programs and their marked lines.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DapClient, marker } from '../lib/dap.mjs';
import { golden, transcript } from '../lib/golden.mjs';
import { program } from '../lib/rondo.mjs';

const folder = dirname(fileURLToPath(import.meta.url));

export function fixture(name) {
  const path = join(folder, 'programs', name);
  const text = readFileSync(path, 'utf8');
  return { path, line: (mark) => marker(text, mark) };
}

/** A client of a fresh adapter, gone with the test. */
export function adapter(context) {
  const client = DapClient.start(program('rondo-dap'), []);
  context.after(async () => {
    client.child.stdin.end();
    const limit = setTimeout(() => client.child.kill('SIGKILL'), 5000);
    await client.exit;
    clearTimeout(limit);
  });
  return client;
}

export function checkTranscript(client, name) {
  golden(join(folder, 'golden', `${name}.txt`), transcript(client, { [join(folder, 'programs')]: '<programs>' }));
}
