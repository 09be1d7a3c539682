// WebSocket echo with Bun's own server.
Bun.serve({
  port: Number(process.argv[2]),
  hostname: '127.0.0.1',
  fetch(request, server) {
    if (!server.upgrade(request)) return new Response('upgrade only', { status: 400 });
  },
  websocket: { message(socket, data) { socket.send(data); } },
});
process.stdout.write('listening\n');
