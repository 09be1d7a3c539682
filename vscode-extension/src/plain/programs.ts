// Where the programs `rondo`, `rondo-dap` and `rondo-lsp` are: the setting, else the extension's own, else the PATH.
import { accessSync, constants, statSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';

export type Program = 'rondo' | 'rondo-dap' | 'rondo-lsp';

export interface Places {
  /** The setting `rondo.path`: a folder, or the program `rondo` in one. Empty when not set. */
  setting: string;
  /** The folder inside the extension that a platform package has. */
  bundled: string;
  /** The PATH. */
  path: string;
}

export type Found = { file: string } | { problem: string };

export function findProgram(program: Program, places: Places): Found {
  const name = process.platform === 'win32' ? `${program}.exe` : program;
  if (places.setting !== '') {
    const isRondo = /^rondo(\.exe)?$/.test(basename(places.setting));
    if (!isFolder(places.setting) && !isRondo) {
      return { problem: `The setting rondo.path says “${places.setting}”, which is neither a folder nor a program named rondo.` };
    }
    const file = join(isFolder(places.setting) ? places.setting : dirname(places.setting), name);
    return isProgram(file) ? { file } : { problem: `The setting rondo.path says “${places.setting}”, but there is no program ${file}.` };
  }
  const folders = [places.bundled, ...places.path.split(delimiter).filter((folder) => folder !== '')];
  const file = folders.map((folder) => join(folder, name)).find(isProgram);
  return file === undefined ? { problem: `${name} is neither inside the extension nor on the PATH. Set rondo.path to the folder it is in.` } : { file };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
