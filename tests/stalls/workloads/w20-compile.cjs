// A large WebAssembly module is compiled synchronously.
const FUNCTIONS = 200_000;
const leb = (n) => { const out = []; do { out.push((n & 127) | (n > 127 ? 128 : 0)); n >>>= 7; } while (n); return out; };
const section = (id, content) => Buffer.concat([Buffer.from([id, ...leb(content.length)]), content]);
const listed = (...parts) => Buffer.concat([Buffer.from(leb(FUNCTIONS)), ...parts]);
const body = Buffer.concat([Buffer.from([0]), Buffer.alloc(360, Buffer.from([0x41, 1, 0x1a])), Buffer.from([0x0b])]);
const one = Buffer.concat([Buffer.from(leb(body.length)), body]);
const wasm = Buffer.concat([
  Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]), section(1, Buffer.from([1, 0x60, 0, 0])),
  section(3, listed(Buffer.alloc(FUNCTIONS))), section(10, listed(Buffer.alloc(FUNCTIONS * one.length, one))),
]);
setTimeout(function compile() { // SCHEDULER
  new WebAssembly.Module(wasm); // GUILTY
  console.log('compiled');
}, 20);
