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
/** Which modules of the data each mask turns over. */
const MASKS = [
  (x, y) => (x + y) % 2 === 0,
  (_x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** The coordinates of the centres of the small squares. */
function alignments(version) {
  if (version === 1) return [];
  const many = Math.floor(version / 7) + 2;
  const step = Math.floor((version * 8 + many * 3 + 5) / (many * 4 - 4)) * 2;
  const rest = Array.from({ length: many - 1 }, (_, i) => 4 * version + 10 - i * step);
  return [6, ...rest.reverse()];
}

/** A value and what is left of it by a polynomial: the codes of format and version. */
function coded(value, degree, polynomial) {
  let rest = value;
  for (let i = 0; i < degree; i++) rest = (rest << 1) ^ ((rest >> (degree - 1)) * polynomial);
  return (value << degree) | rest;
}

/** All that is not data, as rows; undefined where the data will be. */
function frame(version, mask) {
  const size = 4 * version + 17;
  const last = size - 1;
  const rows = Array.from({ length: size }, () => Array(size).fill(undefined));
  const set = (x, y, dark) => { if (y in rows && x in rows) rows[y][x] = dark; };
  const square = (x, y, reach, isDark) => {
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        set(x + dx, y + dy, isDark(Math.max(Math.abs(dx), Math.abs(dy))));
      }
    }
  };
  for (let i = 0; i <= last; i++) {
    set(6, i, i % 2 === 0);
    set(i, 6, i % 2 === 0);
  }
  const corners = [[3, 3], [last - 3, 3], [3, last - 3]];
  for (const [x, y] of corners) square(x, y, 4, (far) => far !== 2 && far !== 4);
  const centres = alignments(version);
  for (const x of centres) {
    for (const y of centres) {
      if (corners.every(([a, b]) => Math.abs(x - a) > 3 || Math.abs(y - b) > 3)) {
        square(x, y, 2, (far) => far !== 1);
      }
    }
  }
  const format = coded((1 << 3) | mask, 10, 0x537) ^ 0x5412;
  for (let i = 0; i < 15; i++) {
    const dark = ((format >> i) & 1) === 1;
    set(i < 8 ? 8 : i === 8 ? 7 : 14 - i, i < 6 ? i : i < 8 ? i + 1 : 8, dark);
    set(i < 8 ? last - i : 8, i < 8 ? 8 : last - 14 + i, dark);
  }
  set(8, last - 7, true);
  const number = version < 7 ? 0 : coded(version, 12, 0x1f25);
  for (let i = 0; number && i < 18; i++) {
    const [a, b] = [size - 11 + (i % 3), Math.floor(i / 3)];
    set(a, b, ((number >> i) & 1) === 1);
    set(b, a, ((number >> i) & 1) === 1);
  }
  return rows;
}

/** The free places in the order of the data: in pairs of columns from the right, up and down. */
function* places(rows) {
  for (let right = rows.length - 1; right >= 1; right -= right === 8 ? 3 : 2) {
    const upwards = ((right + (right < 6 ? 2 : 1)) & 2) === 0;
    for (let step = 0; step < rows.length; step++) {
      const y = upwards ? rows.length - 1 - step : step;
      for (const x of [right, right - 1]) if (rows[y][x] === undefined) yield [x, y];
    }
  }
}

const codewordsIn = (version) => Math.floor([...places(frame(version, 0))].length / 8);
const dataIn = (version) => codewordsIn(version) - CHECKS[version - 1] * BLOCKS[version - 1];

function codewords(data, version, most) {
  const bits = [];
  const put = (value, size) => {
    for (let i = size - 1; i >= 0; i--) bits.push((value >> i) & 1);
  };
  put(4, 4);
  put(data.length, version < 10 ? 8 : 16);
  for (const byte of data) put(byte, 8);
  put(0, Math.min(4, 8 * most - bits.length));
  while (bits.length % 8) bits.push(0);
  const words = [];
  for (let i = 0; i < bits.length; i += 8) words.push(parseInt(bits.slice(i, i + 8).join(""), 2));
  for (let pad = 0xec; words.length < most; pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

function times(a, b) {
  let product = 0;
  for (let i = 7; i >= 0; i--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (((b >> i) & 1) * a);
  }
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
  const short = blocks - (words.length % blocks);
  const size = Math.floor(words.length / blocks);
  const by = divisor(checks);
  const parts = Array.from({ length: blocks }, (_, i) => {
    const at = i * size + Math.max(0, i - short);
    return words.slice(at, at + size + (i < short ? 0 : 1));
  });
  const rests = parts.map((data) => remainder(data, by));
  const across = (lists, length) =>
    Array.from({ length }, (_, i) => lists.map((list) => list[i])).flat();
  const data = across(parts, size + 1).filter((word) => word !== undefined);
  return [...data, ...across(rests, checks)];
}

/** The whole code under a mask. */
function drawn(words, version, mask) {
  const rows = frame(version, mask);
  [...places(rows)].forEach(([x, y], i) => {
    const bit = (words[i >> 3] >> (7 - (i & 7))) & 1;
    rows[y][x] = (bit === 1) !== MASKS[mask](x, y);
  });
  return rows;
}

/** How hard it is to read: runs, blocks, what looks like a finder, an uneven share of dark. */
function penalty(rows) {
  const columns = rows.map((_, x) => rows.map((row) => row[x]));
  let sum = 0;
  for (const line of [...rows, ...columns]) {
    const text = line.map(Number).join("");
    for (const [run] of text.matchAll(/0{5,}|1{5,}/g)) sum += run.length - 2;
    sum += 40 * [...text.matchAll(/(?=00001011101|10111010000)/g)].length;
  }
  for (let y = 1; y < rows.length; y++) {
    for (let x = 1; x < rows.length; x++) {
      const four = rows[y][x] + rows[y - 1][x] + rows[y][x - 1] + rows[y - 1][x - 1];
      if (four % 4 === 0) sum += 3;
    }
  }
  const share = rows.flat().filter(Boolean).length / rows.length ** 2;
  return sum + 10 * Math.floor(Math.abs(share - 0.5) * 20);
}

/** The code, the smallest that holds the text; null if none does. */
export function qr(text) {
  const data = utf8(text);
  let version = 1;
  while (version <= 40 && dataIn(version) - (version < 10 ? 2 : 3) < data.length) version++;
  if (version > 40) return null;
  const words = woven(codewords(data, version, dataIn(version)), version);
  const all = MASKS.map((_, mask) => drawn(words, version, mask));
  const penalties = all.map(penalty);
  return all[penalties.indexOf(Math.min(...penalties))];
}

/** The same as the path of a picture, a unit a module, with the quiet border of four. */
export const qrPath = (rows) => rows.flatMap((row, y) =>
  row.map((dark, x) => (dark ? `M${x + 4} ${y + 4}h1v1h-1z` : ""))).join("");
