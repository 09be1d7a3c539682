// tls and https against each other: trust, names, protocols, sessions, and the errors of each.
'use strict';

const assert = require('assert');
const https = require('https');
const tls = require('tls');

const { certificate: cert, key } = require('../lib/certificate.cjs');

const done = [];

function refused(options, code, next) {
  https.get(options, () => assert.fail('must be refused')).on('error', (error) => {
    assert.strictEqual(error.code, code);
    done.push(code);
    next();
  });
}

const server = https.createServer({ key, cert }, (request, response) => {
  assert(request.socket.encrypted);
  response.end(`you asked for ${request.url}`);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const base = { host: '127.0.0.1', port, path: '/x', agent: false };
  https.get({ ...base, ca: cert }, (response) => {
    assert.strictEqual(response.socket.authorized, true);
    assert.strictEqual(response.socket.getPeerCertificate().subject.CN, 'localhost');
    let text = '';
    response.on('data', (part) => { text += part; });
    response.on('end', () => {
      assert.strictEqual(text, 'you asked for /x');
      done.push('https');
      refused(base, 'DEPTH_ZERO_SELF_SIGNED_CERT', () => {
        refused({ ...base, ca: cert, servername: 'other.example' }, 'ERR_TLS_CERT_ALTNAME_INVALID', () => {
          server.close();
          echo();
        });
      });
    });
  }).on('error', assert.ifError);
});

function echo() {
  const server = tls.createServer({ key, cert, ALPNProtocols: ['b', 'a'] }, (socket) => socket.pipe(socket));
  server.listen(0, '127.0.0.1', () => {
    const options = { host: '127.0.0.1', port: server.address().port, ca: cert, servername: 'localhost', ALPNProtocols: ['a', 'b'] };
    const sent = Buffer.alloc(1_000_000, 'x');
    let session;
    const socket = tls.connect(options, () => {
      assert.strictEqual(socket.authorized, true);
      assert.strictEqual(socket.alpnProtocol, 'b');
      assert.strictEqual(socket.getProtocol(), 'TLSv1.3');
      socket.write(sent);
    });
    socket.on('session', (given) => { session = given; });
    let received = 0;
    socket.on('data', (part) => {
      received += part.length;
      if (received === sent.length) socket.end();
    });
    socket.on('close', (hadError) => {
      assert.strictEqual(hadError, false);
      assert.strictEqual(received, sent.length);
      done.push('echo');
      const again = tls.connect({ ...options, session }, () => {
        assert.strictEqual(again.isSessionReused(), true);
        done.push('session');
        again.end();
      });
      again.resume();
      again.on('close', () => server.close());
    });
  });
}

// Names.
const names = (subjectaltname) => ({ subject: { CN: 'cn.example' }, subjectaltname });
assert.strictEqual(tls.checkServerIdentity('a.example', names('DNS:*.example.org, DNS:a.example')), undefined);
assert.strictEqual(tls.checkServerIdentity('b.example.org', names('DNS:*.example.org')), undefined);
assert.strictEqual(tls.checkServerIdentity('a.b.example.org', names('DNS:*.example.org')).code, 'ERR_TLS_CERT_ALTNAME_INVALID');
assert.strictEqual(tls.checkServerIdentity('127.0.0.1', names('IP Address:127.0.0.1')), undefined);
assert.strictEqual(tls.checkServerIdentity('::1', names('IP Address:0:0:0:0:0:0:0:1')), undefined);
assert(tls.rootCertificates.length > 50);

process.on('exit', () => {
  assert.deepStrictEqual(done, ['https', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'echo', 'session']);
});
