// A verifier for Ed25519 that only verifies, by PROTOCOL.md, "Keys": with no secret to keep it need
// not take equally long for all. Points are [X, Y, Z, T] with x = X/Z, y = Y/Z, xy = T/Z.
import { hex, joined } from "./bytes.js";
import { sha512 } from "./sha512.js";

const P = (1n << 255n) - 19n;
const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
const LOW255 = (1n << 255n) - 1n;
const WINDOW = 4;

const mod = (a) => {
  const rest = a % P;
  return rest < 0n ? rest + P : rest;
};

/** The same but for some P more, which is quicker: 2^255 is 19. */
const near = (a) => {
  const once = (a & LOW255) + 19n * (a >> 255n);
  return (once & LOW255) + 19n * (once >> 255n);
};

function little(data) {
  return BigInt("0x" + hex(Uint8Array.from(data).reverse()));
}

function power(base, exponent) {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = near(result * result);
    if (bit === "1") result = near(result * base);
  }
  return mod(result);
}

/** 1/a by Euclid, which is quicker than a power. */
function inverse(a) {
  let [low, high, x, y] = [mod(a), P, 1n, 0n];
  while (low > 1n) {
    const times = high / low;
    [low, high, x, y] = [high - times * low, low, y - times * x, x];
  }
  return mod(x);
}

const D = mod(-121665n * inverse(121666n));
const D2 = mod(2n * D);
const ROOT_OF_MINUS_1 = power(2n, (P - 1n) / 4n);
const ZERO = [0n, 1n, 1n, 0n];

function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = near((y1 - x1) * (y2 - x2));
  const b = near((y1 + x1) * (y2 + x2));
  const c = near(near(t1 * D2) * t2);
  const d = near(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [near(e * f), near(g * h), near(f * g), near(e * h)];
}

function double([x, y, z]) {
  const a = near(x * x);
  const b = near(y * y);
  const c = near(2n * z * z);
  const e = near((x + y) * (x + y) - a - b);
  const [g, h] = [b - a, -a - b];
  const f = g - c;
  return [near(e * f), near(g * h), near(f * g), near(e * h)];
}

const negative = ([x, y, z, t]) => [-x, y, z, -t];

/** The point that these 32 bytes are the canonical encoding of; null if there is none. */
function point(data) {
  const number = little(data);
  const y = number & LOW255;
  if (y >= P) return null;
  const square = mod((y * y - 1n) * inverse(D * y * y + 1n));
  let x = power(square, (P + 3n) / 8n);
  if ((x * x) % P !== square) x = (x * ROOT_OF_MINUS_1) % P;
  if ((x * x) % P !== square) return null;
  const odd = number >> 255n;
  if (x === 0n && odd) return null;
  if ((x & 1n) !== odd) x = P - x;
  return [x, y, 1n, (x * y) % P];
}

function encoded([x, y, z]) {
  const one = inverse(z);
  let number = mod(y * one) | ((mod(x * one) & 1n) << 255n);
  const data = new Uint8Array(32);
  for (let i = 0; i < 32; i++, number >>= 8n) data[i] = Number(number & 255n);
  return data;
}

function isZero(one) {
  return mod(one[0]) === 0n && mod(one[1] - one[2]) === 0n;
}

const isSmall = (one) => isZero(double(double(double(one))));

/** 1, 3, 5, … times a point. */
function oddMultiples(one, count) {
  const twice = double(one);
  const all = [one];
  while (all.length < count) all.push(add(all[all.length - 1], twice));
  return all;
}

/** Digits of a number in signed form: most are 0, the others odd and below 2^width in size. */
function sparse(number, width) {
  const [whole, half] = [1n << BigInt(width + 1), 1n << BigInt(width)];
  const digits = [];
  while (number) {
    let digit = 0n;
    if (number & 1n) {
      digit = number % whole;
      if (digit >= half) digit -= whole;
      number -= digit;
    }
    digits.push(Number(digit));
    number >>= 1n;
  }
  return digits;
}

const BASE_WIDTH = 7;
let ofBase;

/** s·B + h·A, both multiplications in one run. */
function sum(s, h, key) {
  ofBase ??= oddMultiples(point(BASE), 1 << (BASE_WIDTH - 1));
  const ofKey = oddMultiples(key, 1 << (WINDOW - 1));
  const runs = [[sparse(s, BASE_WIDTH), ofBase], [sparse(h, WINDOW), ofKey]];
  let total = ZERO;
  for (let at = Math.max(...runs.map(([digits]) => digits.length)) - 1; at >= 0; at--) {
    total = double(total);
    for (const [digits, multiples] of runs) {
      const digit = digits[at] ?? 0;
      if (digit > 0) total = add(total, multiples[digit >> 1]);
      else if (digit < 0) total = add(total, negative(multiples[-digit >> 1]));
    }
  }
  return total;
}

const BASE = new Uint8Array(32).fill(0x66);
BASE[0] = 0x58;

/** Whether this signature (64 bytes) of the message holds for the key (32 bytes). */
export function verify(key, message, signature) {
  const [r, s] = [signature.subarray(0, 32), little(signature.subarray(32))];
  if (s >= ORDER) return false;
  const [a, start] = [point(key), point(r)];
  if (!a || !start || isSmall(a) || isSmall(start)) return false;
  const h = little(sha512(joined(r, key, message))) % ORDER;
  return hex(encoded(sum(s, h, negative(a)))) === hex(r);
}
