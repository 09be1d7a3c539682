// What keeps the process alive, by the names that Node gives to resources.
'use strict';

const loop = binding('loop');

function resources() {
  return loop.activeResources();
}

module.exports = { resources };
