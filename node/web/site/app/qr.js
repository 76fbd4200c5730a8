// A QR code of text (ISO/IEC 18004): bytes, error correction level L, as rows of true and false.
import { utf8 } from "./bytes.js";

// For versions 1 to 40 at level L: check codewords of a block, and blocks.
const CHECKS = [
  7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
  28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
];
const BLOCKS = [
  1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8,
  8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25,
];
const MASKS = [
  (x, y) => (x + y) % 2 === 0, (_x, y) => y % 2 === 0, (x) => x % 3 === 0,
    (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0, (x, y) => ((x * y) % 2)
    + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
    (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

function codewordsIn(version) {
  let modules = (16 * version + 128) * version + 64;
  if (version >= 2) {
    const aligned = Math.floor(version / 7) + 2;
    modules -= (25 * aligned - 10) * aligned - 55;
    if (version >= 7) modules -= 36;
  }
  return Math.floor(modules / 8);
}

const dataIn = (version) => codewordsIn(version) - CHECKS[version - 1] * BLOCKS[version - 1];

/** The most bytes that a code of this version holds. */
const room = (version) => dataIn(version) - (version < 10 ? 2 : 3);

function codewords(data, version) {
  const bits = [];
  const put = (value, size) => {
    for (let i = size - 1; i >= 0; i--) bits.push((value >> i) & 1);
  };
  put(4, 4);
  put(data.length, version < 10 ? 8 : 16);
  for (const byte of data) put(byte, 8);
  put(0, Math.min(4, 8 * dataIn(version) - bits.length));
  while (bits.length % 8) bits.push(0);
  const words = [];
  for (let i = 0; i < bits.length; i += 8) words.push(parseInt(bits.slice(i, i + 8).join(""), 2));
  for (let pad = 0xec; words.length < dataIn(version); pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

function times(a, b) {
  let product = 0;
  for (let i = 7; i >= 0; i--) product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (
    ((b >> i) & 1) * a);
  return product;
}

function divisor(degree) {
  const result = [...Array(degree - 1).fill(0), 1];
  for (let i = 0, root = 1; i < degree; i++, root = times(root, 2)) {
    for (let j = 0; j < degree; j++) result[j] = times(result[j], root) ^ (result[j + 1] ?? 0);
  }
  return result;
}

function remainder(data, by) {
  const rest = by.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ rest.shift();
    rest.push(0);
    by.forEach((each, i) => { rest[i] ^= times(each, factor); });
  }
  return rest;
}

/** Data and check codewords, the blocks woven into each other. */
function woven(words, version) {
  const [blocks, checks] = [BLOCKS[version - 1], CHECKS[version - 1]];
  const all = codewordsIn(version);
  const short = blocks - (all % blocks);
  const size = Math.floor(all / blocks) - checks;
  const by = divisor(checks);
  const parts = [];
  for (let i = 0, at = 0; i < blocks; i++) {
    const data = words.slice(at, at + size + (i < short ? 0 : 1));
    at += data.length;
    parts.push({ data, check: remainder(data, by) });
  }
  const out = [];
  for (let i = 0; i <= size; i++) for (const { data } of parts) if (i < data.length) out.push(
    data[i]);
  for (let i = 0; i < checks; i++) for (const { check } of parts) out.push(check[i]);
  return out;
}

class Square {
  constructor(version) {
    this.version = version;
    this.size = 4 * version + 17;
    this.dark = Array.from({ length: this.size }, () => Array(this.size).fill(false));
    this.fixed = Array.from({ length: this.size }, () => Array(this.size).fill(false));
    this.patterns();
  }

  set(x, y, dark) {
    this.dark[y][x] = dark;
    this.fixed[y][x] = true;
  }

  patterns() {
    const last = this.size - 1;
    for (let i = 0; i <= last; i++) {
      this.set(6, i, i % 2 === 0);
      this.set(i, 6, i % 2 === 0);
    }
    for (const [x, y] of [[3, 3], [last - 3, 3], [3, last - 3]]) this.finder(x, y);
    const centres = this.alignments();
    const end = centres.length - 1;
    centres.forEach((x, i) => centres.forEach((y, j) => {
      const corner = (i === 0 && j === 0) || (i === 0 && j === end) || (i === end && j === 0);
      if (!corner) this.alignment(x, y);
    }));
    this.format(0);
    if (this.version >= 7) this.number();
  }

  finder(x, y) {
    for (let dy = -4; dy <= 4; dy++) {
      for (let dx = -4; dx <= 4; dx++) {
        const far = Math.max(Math.abs(dx), Math.abs(dy));
        const [at, row] = [x + dx, y + dy];
        if (at >= 0 && at < this.size && row >= 0 && row < this.size) this.set(at, row, far !== 2
          && far !== 4);
      }
    }
  }

  alignment(x, y) {
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) this.set(x + dx, y + dy,
        Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
    }
  }

  alignments() {
    if (this.version === 1) return [];
    const many = Math.floor(this.version / 7) + 2;
    const step = Math.floor((this.version * 8 + many * 3 + 5) / (many * 4 - 4)) * 2;
    const rest = Array.from({ length: many - 1 }, (_, i) => this.size - 7 - i * step);
    return [6, ...rest.reverse()];
  }

  format(mask) {
    const data = (1 << 3) | mask;
    let rest = data;
    for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
    const bits = ((data << 10) | rest) ^ 0x5412;
    const bit = (i) => ((bits >> i) & 1) === 1;
    const last = this.size - 1;
    for (let i = 0; i < 6; i++) this.set(8, i, bit(i));
    this.set(8, 7, bit(6));
    this.set(8, 8, bit(7));
    this.set(7, 8, bit(8));
    for (let i = 9; i < 15; i++) this.set(14 - i, 8, bit(i));
    for (let i = 0; i < 8; i++) this.set(last - i, 8, bit(i));
    for (let i = 8; i < 15; i++) this.set(8, last - 14 + i, bit(i));
    this.set(8, last - 7, true);
  }

  number() {
    let rest = this.version;
    for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
    const bits = (this.version << 12) | rest;
    for (let i = 0; i < 18; i++) {
      const [a, b] = [this.size - 11 + (i % 3), Math.floor(i / 3)];
      this.set(a, b, ((bits >> i) & 1) === 1);
      this.set(b, a, ((bits >> i) & 1) === 1);
    }
  }

  /** The data in pairs of columns from the right, up and down. */
  fill(words) {
    let i = 0;
    for (let right = this.size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5;
      for (let step = 0; step < this.size; step++) {
        const y = ((right + 1) & 2) === 0 ? this.size - 1 - step : step;
        for (const x of [right, right - 1]) {
          if (this.fixed[y][x] || i >= 8 * words.length) continue;
          this.dark[y][x] = ((words[i >> 3] >> (7 - (i & 7))) & 1) === 1;
          i++;
        }
      }
    }
  }

  masked(mask) {
    this.dark.forEach((row, y) => row.forEach((_, x) => {
      if (!this.fixed[y][x] && MASKS[mask](x, y)) row[x] = !row[x];
    }));
  }

  /**
   * How hard it is to read: long runs, blocks, what looks like a finder, and an uneven share of
   * dark.
   */
  penalty() {
    const columns = this.dark.map((_, x) => this.dark.map((row) => row[x]));
    let sum = 0;
    for (const line of [...this.dark, ...columns]) {
      const text = line.map(Number).join("");
      for (const [run] of text.matchAll(/0{5,}|1{5,}/g)) sum += run.length - 2;
      sum += 40 * [...text.matchAll(/(?=00001011101|10111010000)/g)].length;
    }
    for (let y = 1; y < this.size; y++) {
      for (let x = 1; x < this.size; x++) {
        const four = this.dark[y][x] + this.dark[y - 1][x] + this.dark[y][x - 1]
          + this.dark[y - 1][x - 1];
        if (four % 4 === 0) sum += 3;
      }
    }
    const share = this.dark.flat().filter(Boolean).length / this.size ** 2;
    return sum + 10 * Math.floor(Math.abs(share - 0.5) * 20);
  }
}

/** The code, the smallest that holds the text; null if none does. */
export function qr(text) {
  const data = utf8(text);
  let version = 1;
  while (version <= 40 && room(version) < data.length) version++;
  if (version > 40) return null;
  const square = new Square(version);
  square.fill(woven(codewords(data, version), version));
  const penalties = MASKS.map((_, mask) => {
    square.masked(mask);
    square.format(mask);
    const found = square.penalty();
    square.masked(mask);
    return found;
  });
  const best = penalties.indexOf(Math.min(...penalties));
  square.masked(best);
  square.format(best);
  return square.dark;
}

/** The same as the path of a picture, a unit a module, with the quiet border of four. */
export function qrPath(rows) {
  return rows.flatMap((row, y) => row.map((dark, x) => dark && `M${x + 4} ${y + 4}h1v1h-1z`))
    .filter(Boolean)
    .join("");
}
