// A reader of canonical MessagePack: PROTOCOL.md, "Encoding". Every other form is refused.
//
// Integers are numbers, or BigInts beyond 2^53; floats are wrapped, since 52.0 is not the integer
// 52; maps are Maps.

const MAX_DEPTH = 16;
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes, or a value in them, that break a rule; says which. */
export class Refused extends Error {}

export function refuseUnless(condition, why) {
  if (!condition) throw new Refused(why);
}

/** A float of 64 bits. */
export class Float {
  constructor(value) {
    this.value = value;
  }
}

class Reader {
  constructor(data) {
    this.data = data;
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.at = 0;
  }

  take(size) {
    const start = this.at;
    refuseUnless(start + size <= this.data.length, "it breaks off");
    this.at += size;
    return start;
  }

  binary(size) {
    const start = this.take(size);
    return this.data.subarray(start, start + size);
  }

  /** An unsigned number of 1, 2 or 4 bytes that would not fit a shorter form. */
  length(size, least) {
    const start = this.take(size);
    const value = size === 1 ? this.data[start]
      : size === 2 ? this.view.getUint16(start) : this.view.getUint32(start);
    refuseUnless(value >= least, "a number in a longer form than needed");
    return value;
  }

  wide() {
    const value = this.view.getBigUint64(this.take(8));
    refuseUnless(value >= 1n << 32n, "a number in a longer form than needed");
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
  }

  negative(size, above) {
    const start = this.take(size);
    const value =
      size === 1 ? this.view.getInt8(start)
      : size === 2 ? this.view.getInt16(start)
      : size === 4 ? this.view.getInt32(start)
      : this.view.getBigInt64(start);
    refuseUnless(value < above, "a number in a longer form than needed");
    return size === 8 && value >= -BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
  }

  float() {
    const value = this.view.getFloat64(this.take(8));
    refuseUnless(Number.isFinite(value), "a float is not finite");
    return new Float(value);
  }

  text(size) {
    const data = this.binary(size);
    try {
      return strict.decode(data);
    } catch {
      throw new Refused("text is not UTF-8");
    }
  }

  array(size, depth) {
    refuseUnless(depth > 0, "nested too deep");
    const items = [];
    for (let i = 0; i < size; i++) items.push(this.value(depth - 1));
    return items;
  }

  map(size, depth) {
    refuseUnless(depth > 0, "nested too deep");
    const fields = new Map();
    let last = "";
    for (let i = 0; i < size; i++) {
      const key = this.value(depth - 1);
      refuseUnless(typeof key === "string" && isBefore(last, key), "map keys out of order");
      fields.set(key, this.value(depth - 1));
      last = key;
    }
    return fields;
  }

  value(depth) {
    const kind = this.data[this.take(1)];
    if (kind < 0x80) return kind;
    if (kind < 0x90) return this.map(kind & 15, depth);
    if (kind < 0xa0) return this.array(kind & 15, depth);
    if (kind < 0xc0) return this.text(kind & 31);
    if (kind >= 0xe0) return kind - 256;
    switch (kind) {
      case 0xc0: return null;
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4: return this.binary(this.length(1, 0));
      case 0xc5: return this.binary(this.length(2, 1 << 8));
      case 0xc6: return this.binary(this.length(4, 1 << 16));
      case 0xcb: return this.float();
      case 0xcc: return this.length(1, 128);
      case 0xcd: return this.length(2, 1 << 8);
      case 0xce: return this.length(4, 1 << 16);
      case 0xcf: return this.wide();
      case 0xd0: return this.negative(1, -32);
      case 0xd1: return this.negative(2, -128);
      case 0xd2: return this.negative(4, -(1 << 15));
      case 0xd3: return this.negative(8, -(1n << 31n));
      case 0xd9: return this.text(this.length(1, 32));
      case 0xda: return this.text(this.length(2, 1 << 8));
      case 0xdb: return this.text(this.length(4, 1 << 16));
      case 0xdc: return this.array(this.length(2, 16), depth);
      case 0xdd: return this.array(this.length(4, 1 << 16), depth);
      case 0xde: return this.map(this.length(2, 16), depth);
      case 0xdf: return this.map(this.length(4, 1 << 16), depth);
      default: throw new Refused("a type that is not allowed");
    }
  }
}

/** Whether one text comes before another by code points (JavaScript's own order is of UTF-16). */
export function isBefore(one, other) {
  for (let i = 0; ; i++) {
    const [a, b] = [one.codePointAt(i), other.codePointAt(i)];
    if (a !== b) return a === undefined || (b !== undefined && a < b);
    if (a === undefined) return false;
  }
}

/** The value of canonical bytes. Throws Refused for all others. */
export function unpack(data) {
  const reader = new Reader(data);
  const value = reader.value(MAX_DEPTH);
  refuseUnless(reader.at === data.length, "bytes after the value");
  return value;
}
