// Control: nothing to do but wait.
require('http').createServer().listen(0).unref();
setTimeout(() => {}, 600);
