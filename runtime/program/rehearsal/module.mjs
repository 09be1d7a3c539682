// Runs while Rondo is built: see usual.js.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import common from './common.cjs';

createRequire(import.meta.url)('./common.cjs');
export const read = readFileSync(path.join(import.meta.dirname, 'common.cjs'), 'utf8') + common.value;
await null;
