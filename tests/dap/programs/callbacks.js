// A timer, then a file, then a socket, one after the other.
const { readFile } = require('node:fs');
const net = require('node:net');

setTimeout(function onTimer() {
  readFile(__filename, function onFile() { // @timer
    const server = net.createServer(function onConnection(socket) { // @file
      socket.on('data', function onData() {
        socket.end(); // @data
        server.close();
      });
    });
    server.listen(0, '127.0.0.1', function onListening() {
      const client = net.connect(server.address().port, '127.0.0.1', function onConnect() {
        client.write('x');
      });
    });
  });
}, 5);
