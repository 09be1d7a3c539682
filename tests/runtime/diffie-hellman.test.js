// Diffie-Hellman over numbers: both sides find one secret, in groups that have names and in others; and what is refused.
'use strict';
const assert = require('assert');
const crypto = require('crypto');

const one = crypto.getDiffieHellman('modp14');
const other = crypto.createDiffieHellmanGroup('modp14');
one.generateKeys();
const open = other.generateKeys('hex');
assert.deepStrictEqual(one.computeSecret(open, 'hex'), other.computeSecret(one.getPublicKey()));
assert.strictEqual(one.computeSecret(open, 'hex').length, 256);
assert.strictEqual(one.verifyError, 0);
assert.strictEqual(one.setPrivateKey, undefined);
const digest = crypto.createHash('sha1').update(one.getPrime()).digest('hex');
assert.strictEqual(digest, 'b95c799aa5dd388c6df5e72398cb9d7df40519e4');

const made = crypto.createDiffieHellman(512);
assert.deepStrictEqual([made.verifyError, made.getPrime().length, made.getGenerator('hex')], [0, 64, '02']);
const same = crypto.createDiffieHellman(made.getPrime('hex'), 'hex', made.getGenerator());
assert.throws(() => same.getPublicKey(), { code: 'ERR_CRYPTO_INVALID_STATE', message: 'No public key - did you forget to generate one?' });
made.generateKeys();
same.generateKeys();
assert.deepStrictEqual(made.computeSecret(same.getPublicKey()), same.computeSecret(made.getPublicKey()));
const again = crypto.createDiffieHellman(made.getPrime(), made.getGenerator());
again.setPrivateKey(made.getPrivateKey());
assert.deepStrictEqual(again.generateKeys(), made.getPublicKey());
assert.throws(() => made.computeSecret(Buffer.from([1])), { code: 'ERR_CRYPTO_INVALID_KEYLEN', message: 'Supplied key is too small' });
assert.throws(() => made.computeSecret(made.getPrime()), { code: 'ERR_CRYPTO_INVALID_KEYLEN', message: 'Supplied key is too large' });
assert.throws(() => crypto.createDiffieHellman(512, 1), { code: 'ERR_OSSL_DH_BAD_GENERATOR' });
assert.throws(() => crypto.createDiffieHellman({}), { code: 'ERR_INVALID_ARG_TYPE' });
assert.throws(() => crypto.getDiffieHellman('nope'), { code: 'ERR_CRYPTO_UNKNOWN_DH_GROUP' });
assert.ok(!require('util').inspect(made).includes('Symbol(private)'));
