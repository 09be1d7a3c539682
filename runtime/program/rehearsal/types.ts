// Runs while Rondo is built: see usual.js.
interface Value { value: number }
const one: Value = { value: 1 };
module.exports = one;
