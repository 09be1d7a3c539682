// `process.allowedNodeEnvironmentFlags`: the flags that NODE_OPTIONS may hold. `has` knows them in every spelling.
'use strict';

const native = binding('process');
const { RegExpPrototypeSymbolReplace, SafeSet, Set } = primordials;

class EnvironmentFlags extends Set {
  has(flag) {
    if (typeof flag !== 'string') return false;
    let name = RegExpPrototypeSymbolReplace(/_/g, flag, '-');
    name = RegExpPrototypeSymbolReplace(/=.*$/, name, '');
    return super.has(name) || super.has(`-${name}`) || super.has(`--${name}`);
  }
  add() { return this; }
  delete() { return false; }
  clear() {}
}

let made;
function flags() {
  if (made !== undefined) return made;
  made = new EnvironmentFlags();
  for (const name of new SafeSet(native.environmentFlags())) Set.prototype.add.call(made, name);
  return made;
}

module.exports = { flags };
