// TypeScript files run without their types, and every position holds.
'use strict';

const assert = require('assert');
const { execFileSync, spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { stripTypeScriptTypes } = require('module');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rondo-ts-'));
const write = (name, text) => {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
};
const run = (file, ...flags) => execFileSync(process.execPath, [...flags, file], { encoding: 'utf8' });

try {
  assert.strictEqual(process.features.typescript, 'strip');

  // A module that imports types and values, and a CommonJS file that is required by it.
  write('shape.mts', 'export interface Shape { sides: number }\nexport const square: Shape = { sides: 4 };\n');
  write('old.cts', 'const value: string = "old";\nexport type Unused = string;\nmodule.exports = { value } as const;\n'.replace(/export type.*\n/, ''));
  const main = write('main.ts', 'import { type Shape, square } from "./shape.mts";\nimport old from "./old.cts";\n' +
    'class Box<T> { private readonly value!: T; constructor(v: T) { this.value = v; } get(): T { return this.value; } }\n' +
    'const s: Shape = new Box<Shape>(square).get() satisfies Shape;\nconsole.log(s.sides, old.value as string);\n');
  assert.strictEqual(run(main), '4 old\n');

  // Lines and columns of errors are those of the file.
  const thrower = write('throw.cts', 'type T = {\n  a: number,\n};\nfunction f<A extends T>(a: A): never {\n  const b: number = a.a; throw new Error(`at ${b}`);\n}\nf<T>({ a: 1 });\n');
  const { stderr, status } = spawnSync(process.execPath, [thrower], { encoding: 'utf8' });
  assert.strictEqual(status, 1);
  assert.match(stderr, /throw\.cts:5:32\)/);
  assert.match(stderr, /throw\.cts:7:1\)/);

  // What needs code of its own is refused with Node's code, the line shown.
  const enums = spawnSync(process.execPath, [write('enum.ts', 'enum A { B }\n')], { encoding: 'utf8' }).stderr;
  assert.match(enums, /enum\.ts:1\nenum A \{ B \}\n\^+\n\nSyntaxError \[ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX\]: TypeScript enum is not supported/);
  assert.throws(() => stripTypeScriptTypes('let x: = 1'), { code: 'ERR_INVALID_TYPESCRIPT_SYNTAX' });
  assert.strictEqual(stripTypeScriptTypes('let x: number = 1'), 'let x         = 1');
  assert.throws(() => stripTypeScriptTypes('', { mode: 'transform' }), { code: 'ERR_INVALID_ARG_VALUE' });

  // Not for packages, and not when it is turned off.
  const packaged = write('node_modules/p/index.ts', 'export const a: number = 1;\n');
  assert.match(spawnSync(process.execPath, [packaged], { encoding: 'utf8' }).stderr, /ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING/);
  assert.match(spawnSync(process.execPath, ['--no-strip-types', main], { encoding: 'utf8' }).stderr, /ERR_UNKNOWN_FILE_EXTENSION/);

  // Code on the command line.
  assert.strictEqual(execFileSync(process.execPath, ['-p', 'let a: number = 2; a as number'], { encoding: 'utf8' }), '2\n');
} finally {
  fs.rmSync(folder, { recursive: true });
}
