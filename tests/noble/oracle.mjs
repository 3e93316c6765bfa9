// Independent implementations, @noble/post-quantum, mceliece and sphincs, behind JSON lines: one request a line on standard input, one
// answer a line on standard output. A request names its operation in "op" and its parameter set in "set"; byte strings are lower-case hex.
// The first argument is the folder whose node_modules holds the packages.
import crypto from 'node:crypto';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const library = (file) => import(pathToFileURL(join(process.argv[2], 'node_modules', '@noble', 'post-quantum', file)).href);
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (data) => Buffer.from(data).toString('hex');

const { ml_kem512, ml_kem768, ml_kem1024 } = await library('ml-kem.js');
const kems = { 'ML-KEM-512': ml_kem512, 'ML-KEM-768': ml_kem768, 'ML-KEM-1024': ml_kem1024 };

const { ml_dsa44, ml_dsa65, ml_dsa87 } = await library('ml-dsa.js');
const signers = { 'ML-DSA-44': ml_dsa44, 'ML-DSA-65': ml_dsa65, 'ML-DSA-87': ml_dsa87 };

const { slh_dsa_shake_128s, slh_dsa_shake_192s, slh_dsa_shake_256s } = await library('slh-dsa.js');
const hashSigners = {
  'SLH-DSA-SHAKE-128s': slh_dsa_shake_128s,
  'SLH-DSA-SHAKE-192s': slh_dsa_shake_192s,
  'SLH-DSA-SHAKE-256s': slh_dsa_shake_256s,
};

// mceliece has one set, mceliece8192128, and draws from node's generator: here from SHAKE256 of the request's "random" instead.
const mceliece = async (random) => {
  const stream = crypto.createHash('shake256', { outputLength: 1 << 16 }).update(bytes(random ?? '')).digest();
  let drawn = 0;
  crypto.randomBytes = (size) => {
    if (drawn + size > stream.length) throw new Error('More randomness was drawn than there is.');
    return stream.subarray(drawn, (drawn += size));
  };
  const loaded = createRequire(pathToFileURL(join(process.argv[2], 'package.json')))('mceliece');
  await loaded.bytes;
  drawn = 0;
  return loaded;
};

// sphincs has one set, SPHINCS+-SHAKE256-256s-robust of round 3, and draws four bytes for each one that it uses: here those of the
// request. Its signatures begin with their size in two bytes.
const sphincs = async (random) => {
  let next = 0;
  crypto.randomBytes = (size) => Buffer.alloc(size, random?.[next++] ?? 0);
  const loaded = createRequire(pathToFileURL(join(process.argv[2], 'package.json')))('sphincs').sphincs;
  const size = await loaded.bytes;
  next = 0;
  const drawn = (result) => {
    if (next !== (random?.length ?? 0)) throw new Error(`${next} random bytes were drawn.`);
    return result;
  };
  return { loaded, drawn, prefix: [(size - 2) & 0xff, (size - 2) >> 8] };
};

const operations = {
  // seed = d || z
  'mlkem-keygen': ({ set, seed }) => {
    const { publicKey, secretKey } = kems[set].keygen(bytes(seed));
    return { publicKey: hex(publicKey), secretKey: hex(secretKey) };
  },
  'mlkem-encaps': ({ set, publicKey, m }) => {
    const { cipherText, sharedSecret } = kems[set].encapsulate(bytes(publicKey), bytes(m));
    return { ciphertext: hex(cipherText), sharedSecret: hex(sharedSecret) };
  },
  'mlkem-decaps': ({ set, secretKey, ciphertext }) => ({
    sharedSecret: hex(kems[set].decapsulate(bytes(ciphertext), bytes(secretKey))),
  }),
  // seed = xi
  'mldsa-keygen': ({ set, seed }) => {
    const { publicKey, secretKey } = signers[set].keygen(bytes(seed));
    return { publicKey: hex(publicKey), secretKey: hex(secretKey) };
  },
  // rnd = 32 bytes, or none for the deterministic variant
  'mldsa-sign': ({ set, secretKey, message, rnd }) => ({
    signature: hex(signers[set].sign(bytes(message), bytes(secretKey), { extraEntropy: rnd ? bytes(rnd) : false })),
  }),
  'mldsa-verify': ({ set, publicKey, message, signature }) => ({
    valid: signers[set].verify(bytes(signature), bytes(message), bytes(publicKey)),
  }),
  // seed = SK.seed || SK.prf || PK.seed
  'slhdsa-keygen': ({ set, seed }) => {
    const { publicKey, secretKey } = hashSigners[set].keygen(bytes(seed));
    return { publicKey: hex(publicKey), secretKey: hex(secretKey) };
  },
  // rnd = n bytes of addrnd
  'slhdsa-sign': ({ set, secretKey, message, rnd }) => ({
    signature: hex(hashSigners[set].sign(bytes(message), bytes(secretKey), { extraEntropy: bytes(rnd) })),
  }),
  'slhdsa-verify': ({ set, publicKey, message, signature }) => ({
    valid: hashSigners[set].verify(bytes(signature), bytes(message), bytes(publicKey)),
  }),
  // seed = SK.seed || SK.prf || PK.seed
  'sphincs-keygen': async ({ seed }) => {
    const { loaded, drawn } = await sphincs(bytes(seed));
    const { publicKey, privateKey } = drawn(await loaded.keyPair());
    return { publicKey: hex(publicKey), secretKey: hex(privateKey) };
  },
  // rnd = n bytes of OptRand
  'sphincs-sign': async ({ secretKey, message, rnd }) => {
    const { loaded, drawn } = await sphincs(bytes(rnd));
    return { signature: hex(drawn(await loaded.signDetached(bytes(message), bytes(secretKey))).subarray(2)) };
  },
  'sphincs-verify': async ({ publicKey, message, signature }) => {
    const { loaded, prefix } = await sphincs();
    return { valid: await loaded.verifyDetached(Uint8Array.from([...prefix, ...bytes(signature)]), bytes(message), bytes(publicKey)) };
  },
  'mceliece-keygen': async ({ random }) => {
    const { publicKey, privateKey } = await (await mceliece(random)).keyPair();
    return { publicKey: hex(publicKey), secretKey: hex(privateKey) };
  },
  'mceliece-encaps': async ({ publicKey, random }) => {
    const { cyphertext, secret } = await (await mceliece(random)).encrypt(bytes(publicKey));
    return { ciphertext: hex(cyphertext), sharedSecret: hex(secret) };
  },
  'mceliece-decaps': async ({ secretKey, ciphertext }) => ({
    sharedSecret: hex(await (await mceliece()).decrypt(bytes(ciphertext), bytes(secretKey))),
  }),
};

const answer = async (line) => {
  try {
    const request = JSON.parse(line);
    const operation = operations[request.op];
    return operation ? await operation(request) : { error: `No operation ${request.op}.` };
  } catch (error) {
    return { error: String(error) };
  }
};

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(await answer(line)) + '\n');
}
