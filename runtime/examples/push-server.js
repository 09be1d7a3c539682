// The kind of server that an event loop was invented for: many clients that mostly wait, and news pushed to all of them
// from timers, sockets and file changes, as Server-Sent Events.
//
//   rondo --inspect push-server.js        then open http://127.0.0.1:8080 and edit push-server.notes.txt
//
// PORT chooses another port; 0 lets the system choose.
'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

const PAGE = path.join(__dirname, 'push-server.html');
const NOTES = process.env.NOTES ?? path.join(__dirname, 'push-server.notes.txt');
const TICK_MS = 1000;
const HEARTBEAT_MS = 15_000;
const BODY_BYTES_MAX = 4096;

/** Responses that are held open, one for each client that listens. */
const clients = new Set();
let sent = 0;

function push(event, data) {
  sent += 1;
  const text = `id: ${sent}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  for (const client of clients) client.write(text);
}

function subscribe(request, response) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.write('retry: 1000\n\n');
  clients.add(response);
  // Once everything that this request began has been written.
  process.nextTick(announceClients);
  request.on('close', function left() {
    clients.delete(response);
    announceClients();
  });
}

function announceClients() {
  push('clients', { count: clients.size });
}

function receiveMessage(request, response) {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk) => {
    body += chunk;
    if (body.length > BODY_BYTES_MAX) request.destroy();
  });
  request.on('end', () => {
    push('message', { text: body, at: Date.now() });
    response.writeHead(204).end();
  });
}

function sendPage(response) {
  fs.readFile(PAGE, function pageRead(error, page) {
    if (error) return response.writeHead(500).end(error.message);
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
  });
}

// What one must not do in a server: hold the loop while everybody waits. `rondo profile` names this line.
function sendSlowReport(response) {
  const key = crypto.pbkdf2Sync('password', 'salt', 400_000, 32, 'sha512');
  response.end(`${key.toString('hex')}\n`);
}

const server = http.createServer(function onRequest(request, response) {
  switch (`${request.method} ${request.url}`) {
    case 'GET /': return sendPage(response);
    case 'GET /events': return subscribe(request, response);
    case 'POST /message': return receiveMessage(request, response);
    case 'GET /slow': return sendSlowReport(response);
    default: return response.writeHead(404).end('nothing here\n');
  }
});

setInterval(function tick() {
  push('tick', { uptime: Math.round(process.uptime()), clients: clients.size, rss: process.memoryUsage.rss() });
}, TICK_MS);

setInterval(function heartbeat() {
  for (const client of clients) client.write(': still here\n\n');
}, HEARTBEAT_MS);

async function readNotes() {
  const text = await fs.promises.readFile(NOTES, 'utf8').catch(() => '');
  push('notes', { text: text.trim() });
}

// Editors write a file in several steps: the last one counts.
let pending;
fs.watch(NOTES, function notesChanged() {
  clearTimeout(pending);
  pending = setTimeout(readNotes, 50);
});

server.listen(process.env.PORT ?? 8080, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
