// Every kind of callback, each with its first statement marked by the name of its kind.
const fs = require('fs');
const net = require('net');

process.once('SIGUSR2', () => {
  mark('signal'); // signal
});
function mark(name) { (globalThis.marks ??= []).push(name); }
debugger;
process.nextTick(() => {
  mark('nextTick'); // nextTick
});
queueMicrotask(() => {
  mark('microtask'); // microtask
});
Promise.resolve().then(() => {
  mark('reaction'); // reaction
});
(async () => {
  await null;
  mark('await'); // await
})();
setTimeout(() => {
  mark('timeout'); // timeout
  fs.stat(__filename, () => {
    mark('fs'); // fs
    process.kill(process.pid, 'SIGUSR2');
    const server = net.createServer((socket) => {
      mark('accept'); // accept
      socket.once('data', () => {
        mark('read'); // read
        socket.end();
        server.close();
      });
    });
    server.listen(0, '127.0.0.1', () => {
      net.connect(server.address().port, '127.0.0.1').end('hello');
    });
  });
}, 1);
setImmediate(() => {
  mark('immediate'); // immediate
});
