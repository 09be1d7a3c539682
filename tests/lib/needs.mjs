// What a test needs of the machine. A missing thing skips the test with its reason; where nothing may be skipped
// (RONDO_TESTS_SKIP=never, as in CI), it fails.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

function onPath(name) {
  return process.env.PATH.split(delimiter).map((folder) => join(folder, name)).find((path) => {
    try { accessSync(path, constants.X_OK); return true; } catch { return false; }
  });
}

/** Options for `test(name, needs(…), fn)`: a skip reason when one of the commands is missing. */
export function needs(...commands) {
  const missing = commands.filter((command) => !onPath(command));
  if (missing.length === 0 || process.env.RONDO_TESTS_SKIP === 'never') return {};
  return { skip: `needs ${missing.join(' and ')}` };
}

/** The same for something that `tests/install` puts at a path. */
export function needsInstalled(what, path) {
  if (existsSync(path) || process.env.RONDO_TESTS_SKIP === 'never') return {};
  return { skip: `needs ${what}, which tests/install could not install` };
}
