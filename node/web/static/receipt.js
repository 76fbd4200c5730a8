// Deals a receipt's hand again, here, without asking the server: PROTOCOL.md, "Draw" and "Receipts".
import { blake2b } from "./blake2b.js";

const utf8 = new TextEncoder();
const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
const hashed = (data, person, key) => hex(blake2b(data, 32, key, person));

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function number(value, size) {
  const out = new Uint8Array(size);
  for (let i = size - 1; i >= 0; i--, value = Math.floor(value / 256)) out[i] = value % 256;
  return out;
}

/** Items (hexadecimal) in the order of their tickets, ties by the smaller item: [[ticket, item], …]. */
function byTicket(seed, label, items) {
  const tickets = items.map((item) => [hex(blake2b(bytes(item), 16, seed, label)), item]);
  return tickets.sort(([a, x], [b, y]) => (a < b || (a === b && x < y) ? -1 : 1));
}

const register = (one) => one.host + one.slot;
const seriesItem = (one) =>
  one.host + (one.series === null ? "00" + one.slot : "01" + hex(utf8.encode(one.series)));
const eventKey = (one) => JSON.stringify([one.source === null ? one.host : [one.source], one.slot]);

function grouped(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (groups.has(key)) groups.get(key).push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** The deck: each relayed event once, with the first of its relayers in the order of hosts. */
function deckOf(rows, seed) {
  const all = [...new Map(rows.map((one) => [register(one), one])).values()];
  const order = byTicket(seed, "potluck.host", [...new Set(all.map((one) => one.host))]);
  const place = new Map(order.map(([, host], at) => [host, at]));
  const relayer = new Map();
  for (const one of all) {
    const key = eventKey(one);
    if (!relayer.has(key) || place.get(one.host) < place.get(relayer.get(key))) relayer.set(key, one.host);
  }
  const events = all.filter((one) => relayer.get(eventKey(one)) === one.host);
  const hosts = grouped(events, (one) => one.host);
  return { events, hosts, order: order.filter(([, host]) => hosts.has(host)) };
}

function odds(deck, series, one) {
  return {
    hosts: deck.hosts.size,
    series: series.size,
    events: series.get(seriesItem(one)).length,
    deck: deck.events.length,
  };
}

/** A host's events as its turns come: each series' first, then each series' second, and so on. */
function* lineOf(deck, host, seed) {
  const series = grouped(deck.hosts.get(host), seriesItem);
  const order = byTicket(seed, "potluck.series", [...series.keys()]);
  for (let turn = 0, dealt = true; dealt; turn++) {
    dealt = false;
    for (const [, item] of order) {
      const events = series.get(item);
      if (turn >= events.length) continue;
      dealt = true;
      const sorted = byTicket(seed, "potluck.event", events.map(register));
      const one = events.find((event) => register(event) === sorted[turn][1]);
      yield { one, odds: odds(deck, series, one) };
    }
  }
}

function* byHosts(rows, seed, taken) {
  const deck = deckOf(rows, seed);
  let lines = deck.order.map(([ticket, host]) => ({ ticket, host, line: null }));
  for (let round = 1; lines.length; round++) {
    const left = [];
    for (const entry of lines) {
      if (round > (taken.get(entry.host) ?? 0)) {
        entry.line ??= lineOf(deck, entry.host, seed);
        const { value, done } = entry.line.next();
        if (done) continue;
        yield { ...value, round, ticket: entry.ticket };
      }
      left.push(entry);
    }
    lines = left;
  }
}

function* byEvents(rows, seed) {
  const deck = deckOf(rows, seed);
  const events = new Map(deck.events.map((one) => [register(one), one]));
  for (const [ticket, item] of byTicket(seed, "potluck.event", [...events.keys()])) {
    const one = events.get(item);
    yield { one, odds: odds(deck, grouped(deck.hosts.get(one.host), seriesItem), one), round: 1, ticket };
  }
}

function first(cards, n, wild) {
  const hand = [];
  if (n === 0) return hand;
  for (const card of cards) {
    hand.push({ ...card, wild });
    if (hand.length === n) break;
  }
  return hand;
}

/** The hand that follows from a receipt's deck and seed. */
export function deal(receipt) {
  const seed = bytes(receipt.seed);
  const read = ([host, slot, id, series, source]) => ({ host, slot, id, series, source });
  const candidates = receipt.candidates.map(read);
  const cards = (rows, taken) => (receipt.mode === "events" ? byEvents(rows, seed) : byHosts(rows, seed, taken));
  const wild = first(cards([...candidates, ...receipt.others.map(read)], new Map()), receipt.wild, true);
  const shown = new Set(wild.map((card) => eventKey(card.one)));
  const taken = new Map();
  for (const { one } of wild) taken.set(one.host, (taken.get(one.host) ?? 0) + 1);
  const rest = candidates.filter((one) => !shown.has(eventKey(one)));
  return [...first(cards(rest, taken), receipt.n - receipt.wild, false), ...wild];
}

const WHITE = "[\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
/** Without the protocol's white space at the ends: `trim` would take U+FEFF as well. */
const trimmed = (words) => words.replace(new RegExp(`^${WHITE}|${WHITE}$`, "g"), "");

/** The seed that a receipt's origin gives; null where only the owner of a secret can tell. */
function seedOf(receipt) {
  const { origin } = receipt;
  if (origin.kind === "dice") return hashed(utf8.encode(origin.rolls.join(" ")), "potluck.dice");
  if (origin.kind !== "witness") return null;
  const word = hashed(utf8.encode(trimmed(origin.word).normalize("NFC")), "potluck.word");
  return hashed(joined(bytes(origin.commitment), bytes(origin.r), bytes(word)), "potluck.witness");
}

function commitmentOf(receipt) {
  const entries = [...new Set(receipt.candidates.map(([host, slot, id]) => host + slot + id))].sort();
  const root = bytes(hashed(bytes(entries.join("")), "potluck.deck"));
  const size = joined(number(entries.length, 8), number(receipt.n, 4), number(receipt.mode === "events" ? 1 : 0, 1));
  const { date, r } = receipt.origin;
  return hashed(joined(root, size, utf8.encode(date), bytes(r)), "potluck.commit");
}

/** Whether the rolls of a die are enough for so many hosts: at least log2(hosts) + 7 bits. */
function areEnough(rolls, hosts) {
  let needed = 1;
  for (let outcomes = 6; outcomes < 128 * hosts; outcomes *= 6) needed++;
  return rolls.length >= needed;
}

/** Whether no two rows that differ are of one register. */
function isDeck(rows) {
  const said = new Map();
  for (const row of rows) {
    const key = row[0] + row[1];
    if ((said.get(key) ?? row).join() !== row.join()) return false;
    said.set(key, row);
  }
  return true;
}

/** Every difference between a receipt and the same draw done again: words such as "card 2"; [] if none. */
export function differences(receipt) {
  const found = [];
  const rows = [...receipt.candidates, ...receipt.others];
  if (receipt.origin.kind === "dice" && !areEnough(receipt.origin.rolls, new Set(rows.map(([host]) => host)).size)) {
    found.push("dice");
  }
  const seed = seedOf(receipt);
  if (seed !== null && seed !== receipt.seed) found.push("seed");
  if (receipt.origin.kind === "witness" && commitmentOf(receipt) !== receipt.origin.commitment) {
    found.push("commitment");
  }
  if (!isDeck(rows)) return [...found, "deck"];
  const dealt = deal(receipt);
  for (let at = 0; at < Math.max(dealt.length, receipt.hand.length); at++) {
    const ours = dealt[at];
    const theirs = receipt.hand[at];
    const same =
      ours && theirs && ours.one.id === theirs.id && register(ours.one) === theirs.host + theirs.slot &&
      ours.round === theirs.round && ours.ticket === theirs.ticket && ours.wild === theirs.wild &&
      ["hosts", "series", "events", "deck"].every((name) => ours.odds[name] === theirs.odds[name]);
    if (!same) found.push(`card ${at + 1}`);
  }
  return found;
}
