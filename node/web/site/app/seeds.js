// Where the 32 bytes that decide a draw come from: PROTOCOL.md, "Seeds". Seeds are hexadecimal.
import { blake2b } from "./blake2b.js";
import { bytes, hex, joined, number, utf8 } from "./bytes.js";
import { eventsIn } from "./dealing.js";
import { trimmed } from "./text.js";

const hashed = (data, person, key) => blake2b(data, 32, key, person);
const ofDay = (person) => (secret, date, redraw) =>
  hex(hashed(joined(utf8(date), number(redraw, 4)), person, secret));

export const solo = ofDay("potluck.solo");
export const table = ofDay("potluck.table");
export const dice = (rolls) => hex(hashed(utf8(rolls.join(" ")), "potluck.dice"));

/** The seal that stands a day before the seed is opened. */
export const sealOf = (seed) => hex(hashed(bytes(seed), "potluck.reveal"));

/** How many rolls are enough for so many events: at least log2(events) + 7 bits. */
export function rollsNeeded(events) {
  let needed = 1;
  for (let outcomes = 6; outcomes < 128 * events; outcomes *= 6) needed++;
  return needed;
}

export const areEnough = (rolls, candidates) => rolls.length >= rollsNeeded(eventsIn(candidates));

function part(text) {
  if (text === null) return Uint8Array.of(0);
  const said = utf8(text);
  return joined(Uint8Array.of(1), number(said.length, 4), said);
}

const told = (one) => hex(blake2b(joined(part(one.series), part(one.source)), 16, undefined,
  "potluck.told"));

function rows(candidates) {
  return [...new Set(candidates.map((one) => one.host + one.slot + one.id + told(one)))].sort();
}

const rootOf = (entries) => hashed(bytes(entries.join("")), "potluck.deck");

/** What a deck is known by. */
export const deckRoot = (candidates) => hex(rootOf(rows(candidates)));

/** What is shown before the friend says a word. */
export function commitment(candidates, n, date, r) {
  const entries = rows(candidates);
  const size = joined(number(entries.length, 8), number(n, 4));
  return hex(hashed(joined(rootOf(entries), size, utf8(date), bytes(r)), "potluck.commit"));
}

export const wordDigest = (word) => hex(hashed(utf8(trimmed(word).normalize("NFC")),
  "potluck.word"));

/** The seed that a friend's word makes. */
export function witness(committed, r, word) {
  return hex(hashed(bytes(committed + r + wordDigest(word)), "potluck.witness"));
}
