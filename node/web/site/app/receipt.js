// A receipt: all that is needed to deal a hand again. PROTOCOL.md, "Receipts".
import { blake2b } from "./blake2b.js";
import { hex, utf8 } from "./bytes.js";
import { handOf } from "./dealing.js";
import { isBefore } from "./msgpack.js";


/** By host, slot and id. */
function byName(a, b) {
  for (let at = 0; at < 3; at++) if (a[at] !== b[at]) return a[at] < b[at] ? -1 : 1;
  return 0;
}

function toRows(candidates) {
  const rows = candidates.map(({ host, slot, id, series, source }) => [host, slot, id, series,
    source]);
  rows.sort(byName);
  return rows.filter((row, at) => at === 0 || byName(rows[at - 1], row) !== 0);
}

/** Deal a hand, and keep all that shows how it came about. */
export function makeReceipt({ origin, seed, n, candidates, wild = 0, others = [], filters }) {
  const hidden = wild ? others : [];
  const hand = handOf(candidates, hidden, seed, n,
    wild).map(({ one, round, ticket, odds, wild: drawnWild }) => ({
    host: one.host, slot: one.slot, id: one.id, round, ticket, odds, wild: drawnWild,
  }));
  const receipt = {
    receipt: 2, seed, origin, n, wild, candidates: toRows(candidates), others: toRows(hidden), hand,
  };
  return filters ? { ...receipt, filters } : receipt;
}

const isObject = (value) => value !== null && typeof value === "object";

/** The one encoding of a receipt. */
export function encode(value) {
  if (Array.isArray(value) && value.some(isObject)) return `[${value.map(encode).join()}]`;
  if (!isObject(value) || Array.isArray(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort((a, b) => (isBefore(a, b) ? -1 : 1));
  return `{${keys.map((key) => `${JSON.stringify(key)}:${encode(value[key])}`).join()}}`;
}

/** What a receipt is known by, from its encoding. */
export const receiptId = (text) => hex(blake2b(utf8(text), 32, undefined, "potluck.receipt"));
