// What text may be in an announcement: PROTOCOL.md, "Text". Lengths are in code points.
import { utf8 } from "./bytes.js";
import { refuseUnless } from "./msgpack.js";

// Written out, not \p{…}: browsers differ in their Unicode, readers must not.
const WHITE = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const TURNS = "\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069";
const NEVER =
  "\\ufdd0-\\ufdef\\u{e0000}-\\u{e007f}" +
  Array.from({ length: 17 },
    (_, plane) => `\\u{${plane.toString(16)}fffe}\\u{${plane.toString(16)}ffff}`).join("");
const UNSEEN =
  "\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e" +
  "\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8\\u{1bca0}-\\u{1bca3}" +
  "\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}";

const ends = new RegExp(`^[${WHITE}]+|[${WHITE}]+$`, "gu");
const forbidden = new RegExp(`[\\0-\\x1f${TURNS}${NEVER}]`, "u");
const forbiddenInLines = new RegExp(`[\\0-\\x09\\x0b-\\x1f${TURNS}${NEVER}]`, "u");
const seen = new RegExp(`[^${WHITE}${UNSEEN}\\u2800]`, "u");
const unseen = new RegExp(`[${UNSEEN}]`, "u");
const ADDRESS = new RegExp(
  `^https?://[^${WHITE}/?#"<>\\\\^\`{|}]+(?:[/?#][^${WHITE}"<>\\\\^\`{|}]*)?$`, "u",
);
const TIME_ZONE = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9][A-Za-z0-9_+-]*){0,3}$/;
const LANGUAGE = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/;

/** Without the protocol's white space at its ends: `trim` would take U+FEFF as well. */
export const trimmed = (text) => text.replace(ends, "");

function check(name, value, never) {
  refuseUnless(typeof value === "string" && value !== "", `${name} is no text`);
  refuseUnless(!never.test(value), `${name} holds a character that is not allowed`);
  refuseUnless(trimmed(value) === value, `${name} begins or ends with a space`);
  refuseUnless(seen.test(value), `${name} has nothing to be seen`);
}

export function checkLine(name, value, most) {
  check(name, value, forbidden);
  refuseUnless(value.length <= most || [...value].length <= most, `${name} is too long`);
}

export function checkLines(name, value, mostBytes) {
  check(name, value, forbiddenInLines);
  refuseUnless(utf8(value).length <= mostBytes, `${name} is too long`);
}

export function checkSourceId(value) {
  checkLine("the source", value, 140);
  refuseUnless(!unseen.test(value), "the source holds a character that is not seen");
}

export function checkAddress(name, value) {
  checkLine(name, value, 500);
  refuseUnless(ADDRESS.test(value), `${name} is no address`);
}

export function checkTimeZone(value) {
  const named = typeof value === "string" && value.length <= 64 && TIME_ZONE.test(value);
  refuseUnless(named, "the time zone is no name");
}

export function checkLanguage(value) {
  refuseUnless(typeof value === "string" && LANGUAGE.test(value), "the language is no tag");
}
