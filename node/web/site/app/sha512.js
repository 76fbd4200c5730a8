// SHA-512 (FIPS 180-4). The browser's own needs HTTPS, which a café's network may not have.
// A 64-bit word is two 32-bit halves, high half first.

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
  return BigInt.asUintN(64, root);
}

function halves(words) {
  return Uint32Array.from(words.flatMap((word) => [Number(word >> 32n),
    Number(word & 0xffffffffn)]));
}

const K = halves(primes(80).map((prime) => rootBits(prime, 3)));
const START = halves(primes(8).map((prime) => rootBits(prime, 2)));
const w = new Uint32Array(160);

function compress(h, view, offset) {
  for (let i = 0; i < 32; i++) w[i] = view.getUint32(offset + 4 * i);
  for (let i = 32; i < 160; i += 2) {
    let [a, b] = [w[i - 30], w[i - 29]];
    const s0h = ((a >>> 1) | (b << 31)) ^ ((a >>> 8) | (b << 24)) ^ (a >>> 7);
    const s0l = ((b >>> 1) | (a << 31)) ^ ((b >>> 8) | (a << 24)) ^ ((b >>> 7) | (a << 25));
    a = w[i - 4];
    b = w[i - 3];
    const s1h = ((a >>> 19) | (b << 13)) ^ ((b >>> 29) | (a << 3)) ^ (a >>> 6);
    const s1l = ((b >>> 19) | (a << 13)) ^ ((a >>> 29) | (b << 3)) ^ ((b >>> 6) | (a << 26));
    const low = w[i - 31] + (s0l >>> 0) + w[i - 13] + (s1l >>> 0);
    w[i + 1] = low;
    w[i] = w[i - 32] + s0h + w[i - 14] + s1h + Math.floor(low / 0x100000000);
  }
  const v = Array.from(h);
  for (let i = 0; i < 160; i += 2) {
    const [eh, el] = [v[8], v[9]];
    const s1h = ((eh >>> 14) | (el << 18)) ^ ((eh >>> 18) | (el << 14)) ^ ((el >>> 9) | (eh << 23));
    const s1l = ((el >>> 14) | (eh << 18)) ^ ((el >>> 18) | (eh << 14)) ^ ((eh >>> 9) | (el << 23));
    const ch = (eh & v[10]) ^ (~eh & v[12]);
    const cl = (el & v[11]) ^ (~el & v[13]);
    const low1 = v[15] + (s1l >>> 0) + (cl >>> 0) + K[i + 1] + w[i + 1];
    const high1 = v[14] + (s1h >>> 0) + (ch >>> 0) + K[i] + w[i] + Math.floor(low1 / 0x100000000);
    const [ah, al] = [v[0], v[1]];
    const s0h = ((ah >>> 28) | (al << 4)) ^ ((al >>> 2) | (ah << 30)) ^ ((al >>> 7) | (ah << 25));
    const s0l = ((al >>> 28) | (ah << 4)) ^ ((ah >>> 2) | (al << 30)) ^ ((ah >>> 7) | (al << 25));
    const mh = (ah & v[2]) ^ (ah & v[4]) ^ (v[2] & v[4]);
    const ml = (al & v[3]) ^ (al & v[5]) ^ (v[3] & v[5]);
    const low = (low1 >>> 0) + (s0l >>> 0) + (ml >>> 0);
    const lowE = v[7] + (low1 >>> 0);
    v.copyWithin(2, 0, 14);
    v[8] = (v[8] + high1 + Math.floor(lowE / 0x100000000)) >>> 0;
    v[9] = lowE >>> 0;
    v[0] = (high1 + (s0h >>> 0) + (mh >>> 0) + Math.floor(low / 0x100000000)) >>> 0;
    v[1] = low >>> 0;
  }
  for (let i = 0; i < 16; i += 2) {
    const low = h[i + 1] + v[i + 1];
    h[i] = h[i] + v[i] + Math.floor(low / 0x100000000);
    h[i + 1] = low;
  }
}

/** The 64 bytes of the digest. */
export function sha512(data) {
  const padded = new Uint8Array(Math.ceil((data.length + 17) / 128) * 128);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, data.length * 8);
  const h = Uint32Array.from(START);
  for (let at = 0; at < padded.length; at += 128) compress(h, view, at);
  const digest = new Uint8Array(64);
  const out = new DataView(digest.buffer);
  h.forEach((half, i) => out.setUint32(4 * i, half));
  return digest;
}
