// Questions to a name server: each type of record, errors, a second try, TCP where an answer is too long, cancellation.
'use strict';
const assert = require('assert');
const dgram = require('dgram');
const dns = require('dns');
const net = require('net');
const { once } = require('events');

const name = (text) => Buffer.concat([...text.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.from([0])]);
const u16 = (...numbers) => Buffer.from(numbers.flatMap((number) => [number >> 8, number & 255]));
const string = (text) => Buffer.from([text.length, ...Buffer.from(text)]);
const RECORDS = {
  1: [Buffer.from([1, 2, 3, 4]), Buffer.from([5, 6, 7, 8])],
  28: [Buffer.from('20010db8000000000000000000000001', 'hex')],
  15: [Buffer.concat([u16(10), name('mail.test')])],
  16: [Buffer.concat([string('a=b'), string('')])],
  33: [Buffer.concat([u16(1, 2, 27017), name('db.test')])],
  6: [Buffer.concat([name('ns.test'), name('admin.test'), u16(0, 1, 0, 2, 0, 3, 0, 4, 0, 5)])],
  12: [name('back.test')],
  35: [Buffer.concat([u16(1, 2), string('S'), string('x'), string(''), name('to.test')])],
  52: [Buffer.from([3, 1, 1, 9, 8])],
  257: [Buffer.concat([Buffer.from([0]), string('issue'), Buffer.from('ca.test')])],
};
let asked = 0;

/** The answer to a question, by what its name says. */
function answer(question, isTcp) {
  const labels = [];
  let at = 12;
  for (; question[at] !== 0; at += question[at] + 1) labels.push(question.toString('latin1', at + 1, at + 1 + question[at]));
  const type = question.readUInt16BE(at + 1);
  asked++;
  if (labels[0] === 'silent' || (labels[0] === 'late' && asked === 1)) return undefined;
  const code = { none: 3, broken: 2 }[labels[0]] ?? 0;
  const isTruncated = labels[0] === 'long' && !isTcp;
  const records = code === 0 && !isTruncated && labels[0] !== 'empty' ? RECORDS[type] ?? [] : [];
  const parts = records.map((data) => Buffer.concat([u16(0xc00c, type, 1, 0, 60, data.length), data]));
  const head = Buffer.concat([question.subarray(0, 2), u16(0x8180 | code | (isTruncated ? 0x200 : 0), 1, parts.length, 0, 0)]);
  return Buffer.concat([head, question.subarray(12, at + 5), ...parts]);
}

async function main() {
  const server = dgram.createSocket('udp4', (question, { port, address }) => {
    const bytes = answer(question, false);
    if (bytes !== undefined) server.send(bytes, port, address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const tcp = net.createServer((socket) => socket.once('data', (data) => {
    const bytes = answer(data.subarray(2), true);
    socket.write(u16(bytes.length));
    socket.end(bytes);
  }));
  tcp.listen(port, '127.0.0.1');
  await once(tcp, 'listening');

  const resolver = new dns.promises.Resolver({ timeout: 200, tries: 3 });
  resolver.setServers([`127.0.0.1:${port}`]);
  assert.deepStrictEqual(resolver.getServers(), [`127.0.0.1:${port}`]);
  assert.deepStrictEqual(await resolver.resolve4('a.test'), ['1.2.3.4', '5.6.7.8']);
  assert.deepStrictEqual(await resolver.resolve4('a.test', { ttl: true }), [{ address: '1.2.3.4', ttl: 60 }, { address: '5.6.7.8', ttl: 60 }]);
  assert.deepStrictEqual(await resolver.resolve6('a.test'), ['2001:db8::1']);
  assert.deepStrictEqual(await resolver.resolveMx('a.test'), [{ exchange: 'mail.test', priority: 10, type: 'MX' }]);
  assert.deepStrictEqual(await resolver.resolveTxt('a.test'), [['a=b', '']]);
  assert.deepStrictEqual(await resolver.resolveSrv('_x._tcp.test'), [{ name: 'db.test', port: 27017, priority: 1, type: 'SRV', weight: 2 }]);
  assert.deepStrictEqual(await resolver.resolve('a.test', 'CAA'), [{ critical: 0, issue: 'ca.test', type: 'CAA' }]);
  const soa = await resolver.resolveSoa('a.test');
  assert.deepStrictEqual([soa.nsname, soa.hostmaster, soa.serial, soa.refresh, soa.retry, soa.expire, soa.minttl], ['ns.test', 'admin.test', 1, 2, 3, 4, 5]);
  const [naptr] = await resolver.resolveNaptr('a.test');
  assert.deepStrictEqual([naptr.flags, naptr.service, naptr.regexp, naptr.replacement, naptr.order, naptr.preference], ['S', 'x', '', 'to.test', 1, 2]);
  const [tlsa] = await resolver.resolveTlsa('a.test');
  assert.deepStrictEqual([tlsa.certUsage, tlsa.selector, tlsa.match, Buffer.from(tlsa.data).toString('hex')], [3, 1, 1, '0908']);
  assert.deepStrictEqual(await resolver.reverse('192.0.2.7'), ['back.test']);
  assert.deepStrictEqual(await resolver.resolve4('long.test'), ['1.2.3.4', '5.6.7.8']);
  asked = 0;
  assert.deepStrictEqual(await resolver.resolve4('late.test'), ['1.2.3.4', '5.6.7.8']);
  assert.ok(asked >= 2);
  const fails = (label, code) => assert.rejects(resolver.resolve4(label), { code, syscall: 'queryA', hostname: label, message: `queryA ${code} ${label}` });
  await fails('none.test', 'ENOTFOUND');
  await fails('empty.test', 'ENODATA');
  await fails('broken.test', 'ESERVFAIL');
  await fails('a..test', 'EBADNAME');
  assert.throws(() => dns.resolve('a.test', 'NOPE', () => {}), { code: 'ERR_INVALID_ARG_VALUE' });

  const other = new dns.Resolver();
  other.setServers([`127.0.0.1:${port}`]);
  const canceled = new Promise((resolve) => { other.resolve4('silent.test', resolve); });
  assert.throws(() => other.setServers(['127.0.0.1']), { code: 'ERR_DNS_SET_SERVERS_FAILED' });
  other.cancel();
  assert.strictEqual((await canceled).code, 'ECANCELLED');

  dns.setServers([`127.0.0.1:${port}`]);
  assert.deepStrictEqual(dns.promises.getServers(), [`127.0.0.1:${port}`]);
  const list = await new Promise((resolve, reject) => { dns.resolve('a.test', (error, found) => (error ? reject(error) : resolve(found))); });
  assert.deepStrictEqual(list, ['1.2.3.4', '5.6.7.8']);
  server.close();
  tcp.close();
}

let done = false;
main().then(() => { done = true; });
process.on('exit', () => assert.ok(done, 'the loop ended before the program'));
