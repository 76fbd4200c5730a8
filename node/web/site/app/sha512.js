// SHA-512 (FIPS 180-4). The browser's own needs HTTPS, which a café's network may not have.

function primes(count) {
  const found = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime)) found.push(n);
  return found;
}

/** The first 64 bits after the point of the square or cube root of a prime. */
function rootBits(prime, power) {
  const target = BigInt(prime) << BigInt(64 * power);
  let root = 0n;
  for (let bit = 1n << 68n; bit; bit >>= 1n) {
    if ((root + bit) ** BigInt(power) <= target) root += bit;
  }
  return root;
}

// What is put into such an array is cut to 64 bits.
const K = BigUint64Array.from(primes(80), (prime) => rootBits(prime, 3));
const START = BigUint64Array.from(primes(8), (prime) => rootBits(prime, 2));

const turned = (word, by) => (word >> by) | (word << (64n - by));
const cut = (word) => BigInt.asUintN(64, word);
const mixed = (word, a, b, c) => turned(word, a) ^ turned(word, b) ^ turned(word, c);

function compress(state, view, offset) {
  const w = new BigUint64Array(80);
  for (let i = 0; i < 16; i++) w[i] = view.getBigUint64(offset + 8 * i);
  for (let i = 16; i < 80; i++) {
    const [early, late] = [w[i - 15], w[i - 2]];
    const s0 = turned(early, 1n) ^ turned(early, 8n) ^ (early >> 7n);
    const s1 = turned(late, 19n) ^ turned(late, 61n) ^ (late >> 6n);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 80; i++) {
    const first = h + cut(mixed(e, 14n, 18n, 41n)) + ((e & f) ^ (~e & g)) + K[i] + w[i];
    const second = cut(mixed(a, 28n, 34n, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
    [a, b, c, d, e, f, g, h] = [cut(first + second), a, b, c, cut(d + first), e, f, g];
  }
  [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] += word; });
}

/** The 64 bytes of the digest. */
export function sha512(data) {
  const padded = new Uint8Array(Math.ceil((data.length + 17) / 128) * 128);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, data.length * 8);
  const state = BigUint64Array.from(START);
  for (let at = 0; at < padded.length; at += 128) compress(state, view, at);
  const out = new DataView(new ArrayBuffer(64));
  state.forEach((word, i) => out.setBigUint64(8 * i, word));
  return new Uint8Array(out.buffer);
}
