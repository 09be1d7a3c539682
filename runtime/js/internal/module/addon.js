// Native addons, which need Node's own engine interface: they are refused, and the reason is told even where a package's loader
// catches the error and says something else.
'use strict';

let warned = false;

function refuse(filename) {
  const { codes } = require('internal/errors');
  const error = new codes.ERR_DLOPEN_FAILED(`Native addons are not supported: ${filename}`);
  if (!warned) {
    warned = true;
    require('process').emitWarning(`${error.message} (packages that come as WebAssembly as well can be installed with npm's --cpu=wasm32)`,
      'NativeAddonWarning', error.code);
  }
  return error;
}

module.exports = { refuse };
