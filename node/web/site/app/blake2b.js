// BLAKE2b (RFC 7693) with key and personalisation, for dealing and checking apart from a server.
// A 64-bit word is two 32-bit halves, low half first: v[2 * i], v[2 * i + 1].

const IV = new Uint32Array([
  0xf3bcc908, 0x6a09e667, 0x84caa73b, 0xbb67ae85, 0xfe94f82b, 0x3c6ef372, 0x5f1d36f1, 0xa54ff53a,
  0xade682d1, 0x510e527f, 0x2b3e6c1f, 0x9b05688c, 0xfb41bd6b, 0x1f83d9ab, 0x137e2179, 0x5be0cd19,
]);
const SIGMA = [
  "0123456789abcdef", "ea489fd61c02b753", "b8c052fdae367194", "7931dcbe265a40f8",
  "905724afe1bc683d", "2c6a0b834d75fe19", "c51fed4a0763928b", "db7ec13950f4862a",
  "6fe9b308c2d714a5", "a2847615fb9e3cd0",
].map((row) => [...row].map((digit) => 2 * parseInt(digit, 16)));
const BLOCK = 128;

const v = new Uint32Array(32);
const m = new Uint32Array(32);

// In one piece, since a phone's hand takes some thousands of hashes.
function mix(a, b, c, d, x, y) {
  let al = v[a], ah = v[a + 1], bl = v[b], bh = v[b + 1];
  let cl = v[c], ch = v[c + 1], dl = v[d], dh = v[d + 1];
  let sum = al + bl + m[x];
  ah = (ah + bh + m[x + 1] + ((sum / 0x100000000) | 0)) >>> 0;
  al = sum >>> 0;
  let low = dl ^ al, high = dh ^ ah;
  dl = high >>> 0;
  dh = low >>> 0;
  sum = cl + dl;
  ch = (ch + dh + ((sum / 0x100000000) | 0)) >>> 0;
  cl = sum >>> 0;
  low = bl ^ cl;
  high = bh ^ ch;
  bl = ((low >>> 24) | (high << 8)) >>> 0;
  bh = ((high >>> 24) | (low << 8)) >>> 0;
  sum = al + bl + m[y];
  ah = (ah + bh + m[y + 1] + ((sum / 0x100000000) | 0)) >>> 0;
  al = sum >>> 0;
  low = dl ^ al;
  high = dh ^ ah;
  dl = ((low >>> 16) | (high << 16)) >>> 0;
  dh = ((high >>> 16) | (low << 16)) >>> 0;
  sum = cl + dl;
  ch = (ch + dh + ((sum / 0x100000000) | 0)) >>> 0;
  cl = sum >>> 0;
  low = bl ^ cl;
  high = bh ^ ch;
  v[a] = al;
  v[a + 1] = ah;
  v[b] = (low << 1) | (high >>> 31);
  v[b + 1] = (high << 1) | (low >>> 31);
  v[c] = cl;
  v[c + 1] = ch;
  v[d] = dl;
  v[d + 1] = dh;
}

function compress(h, block, counted, last) {
  for (let i = 0, at = 0; i < 32; i++, at += 4) {
    m[i] = block[at] | (block[at + 1] << 8) | (block[at + 2] << 16) | (block[at + 3] << 24);
  }
  v.set(h);
  v.set(IV, 16);
  v[24] ^= counted;
  v[25] ^= Math.floor(counted / 0x100000000);
  if (last) {
    v[28] = ~v[28];
    v[29] = ~v[29];
  }
  for (let round = 0; round < 12; round++) {
    const s = SIGMA[round % 10];
    for (let i = 0; i < 4; i++) mix(2 * i, 8 + 2 * i, 16 + 2 * i, 24 + 2 * i, s[2 * i],
      s[2 * i + 1]);
    for (let i = 0; i < 4; i++) {
      const [b, c, d] = [8 + 2 * ((i + 1) % 4), 16 + 2 * ((i + 2) % 4), 24 + 2 * ((i + 3) % 4)];
      mix(2 * i, b, c, d, s[8 + 2 * i], s[9 + 2 * i]);
    }
  }
  for (let i = 0; i < 16; i++) h[i] ^= v[i] ^ v[i + 16];
}

/**
 * The function from data to its digest of `size` bytes (Uint8Arrays), for many data under one key;
 * `person` is ASCII of at most 16 characters.
 */
export function hashing(size, key = new Uint8Array(0), person = "") {
  const parameters = new Uint8Array(64);
  parameters.set([size, key.length, 1, 1]);
  parameters.set(new TextEncoder().encode(person), 48);
  const start = new Uint32Array(IV);
  const view = new DataView(parameters.buffer);
  for (let i = 0; i < 16; i++) start[i] ^= view.getUint32(4 * i, true);
  const head = key.length ? BLOCK : 0;
  const keyed = new Uint8Array(BLOCK);
  keyed.set(key);
  const begun = new Uint32Array(start);
  if (head) compress(begun, keyed, BLOCK, false);

  return (data) => {
    // Without data the block of the key is the last one.
    if (head && !data.length) return digest(new Uint32Array(start), keyed, 0, size);
    return digest(new Uint32Array(begun), data, head, size);
  };
}

function digest(h, data, before, size) {
  const input = new Uint8Array(Math.max(BLOCK, Math.ceil(data.length / BLOCK) * BLOCK));
  input.set(data);
  const length = before + data.length;
  for (let at = 0; at < input.length; at += BLOCK) {
    const last = at + BLOCK === input.length;
    compress(h, input.subarray(at, at + BLOCK), last ? length : before + at + BLOCK, last);
  }
  const out = new Uint8Array(size);
  for (let i = 0; i < size; i++) out[i] = h[i >> 2] >>> (8 * (i & 3));
  return out;
}

/** The digest of `size` bytes of this data. */
export function blake2b(data, size, key = new Uint8Array(0), person = "") {
  return hashing(size, key, person)(data);
}
