// Announcements as bytes and as values: PROTOCOL.md, "Announcement". What breaks a rule is refused.
import { blake2b } from "./blake2b.js";
import { hex, utf8 } from "./bytes.js";
import { Float, refuseUnless, unpack } from "./msgpack.js";
import {
  checkAddress, checkLanguage, checkLine, checkLines, checkSourceId, checkTimeZone,
} from "./text.js";

const MAX_ENCODED = 4096;
export const MAX_LIFETIME = 400 * 86400;
export const STATUS = ["scheduled", "postponed", "cancelled", "withdrawn"];

export const isInteger = (value, low, high) =>
  Number.isInteger(value) && value >= low && value <= high;
export const isTime = (value) => isInteger(value, 0, 0xffffffff);
export const isBinary = (value, size) => value instanceof Uint8Array && value.length === size;

const line = (name, most) => (value) => checkLine(name, value, most);
const whole = (name, low, high) => (value) =>
  refuseUnless(isInteger(value, low, high), `${name} is no whole number that it may be`);

function degrees(name, most) {
  return (value) => {
    const right = value instanceof Float && Math.abs(value.value) <= most;
    refuseUnless(right, `${name} is no number of degrees`);
  };
}

function binary(size) {
  return (value) => refuseUnless(isBinary(value, size), `not ${size} bytes`);
}

/** The map `value` by the rules of its known keys; what is not known is kept out. */
function read(name, value, rules, needed) {
  refuseUnless(value instanceof Map, `${name} is no map`);
  for (const key of needed) refuseUnless(value.has(key), `${name} lacks ${key}`);
  const known = {};
  for (const [key, check] of Object.entries(rules)) {
    if (!value.has(key)) continue;
    const said = value.get(key);
    const replaced = check(said);
    known[key] = replaced ?? (said instanceof Float ? said.value : said);
  }
  return known;
}

function place(value) {
  const known = read("place", value, {
    name: line("the place's name", 140),
    address: line("the place's address", 300),
    lat: degrees("latitude", 90),
    lon: degrees("longitude", 180),
    uncertainty: whole("uncertainty", 0, 20_040_000),
  }, ["name"]);
  refuseUnless((known.lat === undefined) === (known.lon === undefined), "half of the coordinates");
  refuseUnless(known.uncertainty === undefined || known.lat !== undefined, "uncertain of what");
  return known;
}

function source(value) {
  return read("source", value, {
    id: checkSourceId,
    name: line("the source's name", 140),
    url: (said) => checkAddress("the source's address", said),
    stamp: binary(8),
    claimed_by: binary(32),
  }, ["id", "stamp"]);
}

function topics(value) {
  refuseUnless(Array.isArray(value) && value.length >= 1 && value.length <= 5, "not 1 to 5 topics");
  for (const topic of value) checkLine("a topic", topic, 40);
  refuseUnless(new Set(value).size === value.length, "a topic twice");
}

function access(value) {
  refuseUnless(value instanceof Map && value.size >= 1 && value.size <= 16, "not 1 to 16 needs");
  for (const [name, answer] of value) {
    refuseUnless(/^[a-z][a-z_]{0,31}$/.test(name) && typeof answer === "boolean",
      "a need is no need");
  }
  return Object.fromEntries(value);
}

const BODY = {
  title: line("the title", 140),
  tz: checkTimeZone,
  start: whole("start", 0, 0xffffffff),
  end: whole("end", 0, 0xffffffff),
  all_day: (value) => refuseUnless(value === true, "all_day is true or left out"),
  place,
  about: (value) => checkLines("about", value, 2400),
  topics,
  lang: checkLanguage,
  price: line("the price", 60),
  capacity: whole("capacity", 1, 1_000_000),
  access,
  url: (value) => checkAddress("url", value),
  series: line("the series", 140),
  source,
  rsvp_key: binary(32),
};

function bodyOf(value) {
  const body = read("the body", value, BODY, ["title", "tz"]);
  refuseUnless(body.end === undefined || body.start <= body.end,
    "an end without or before its start");
  refuseUnless(!(body.source && body.rsvp_key), "a key for answers to an imported event");
  return body;
}

/** The parts of [signed, signature], in at most so many bytes. Throws Refused. */
export function signedParts(encoded, most) {
  refuseUnless(encoded.length <= most, "longer than it may be");
  const parts = unpack(encoded);
  const pair = Array.isArray(parts) && parts.length === 2 && parts[0] instanceof Uint8Array;
  refuseUnless(pair && isBinary(parts[1], 64), "not [signed, signature]");
  return parts;
}

/** The announcement in these bytes, its signature not yet checked. Throws Refused. */
export function decode(encoded) {
  const [signed, signature] = signedParts(encoded, MAX_ENCODED);
  const fields = unpack(signed);
  refuseUnless(Array.isArray(fields) && fields.length === 10, "not ten fields");
  const [version, network, host, nonce, slot, revision, issued, expires, status, body] = fields;
  refuseUnless(version === 1, "a version that is not known");
  refuseUnless(isBinary(network, 16) && isBinary(host, 32) && isBinary(nonce, 8),
    "a key of another length");
  refuseUnless(isInteger(slot, 0, Infinity) || (typeof slot === "bigint" && slot >= 0n), "no slot");
  refuseUnless(isInteger(revision, 0, 0xffff), "no revision");
  refuseUnless(isTime(issued) && isTime(expires), "no times");
  refuseUnless(expires > issued && expires - issued <= MAX_LIFETIME,
    "it lives too long, or not at all");
  refuseUnless(isInteger(status, 0, 3), "a status that is not known");
  refuseUnless((body === null) === (status === 3), "a body, or none, against its status");
  const said = body === null ? null : bodyOf(body);
  refuseUnless(said === null || said.start !== undefined || status !== 0, "scheduled, but never");
  return {
    network: hex(network), host: hex(host), nonce: hex(nonce),
    slot: slot.toString(16).padStart(16, "0"), revision, issued, expires,
    status: STATUS[status], body: said, signed, signature,
    id: hex(blake2b(signed, 32, undefined, "potluck.id")),
  };
}

const MAGIC = utf8("potluck-deck-v1\n");

/** The bytes of the announcements in a bundle of this network: see PROTOCOL.md, "Bundle". */
export function* bundle(data, network) {
  const head = MAGIC.length + 16;
  refuseUnless(data.length >= head && MAGIC.every((byte, i) => data[i] === byte), "no deck");
  refuseUnless(hex(data.subarray(MAGIC.length, head)) === network, "the deck of another network");
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = head; at < data.length;) {
    refuseUnless(at + 2 <= data.length, "the deck breaks off");
    const end = at + 2 + view.getUint16(at);
    refuseUnless(end <= data.length, "the deck breaks off");
    yield data.subarray(at + 2, end);
    at = end;
  }
}

