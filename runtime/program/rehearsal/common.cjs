// Runs while Rondo is built: see usual.js.
'use strict';
exports.value = 1;
