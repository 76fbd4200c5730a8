// The draw, by PROTOCOL.md: one organiser, one ticket; the smallest ticket wins.
//
// A candidate is {host, slot, id, series, source}: hexadecimal, and text or null. Items and tickets
// are hexadecimal, too, which sorts as the bytes do.
import { hashing } from "./blake2b.js";
import { bytes, hex } from "./bytes.js";
import { eventOf, grouped, seriesOf, whoOf } from "./items.js";

/** The candidates hold two versions of one register: nothing can be dealt. */
export class TwoOfOne extends Error {}

/** The function from an item to its ticket. */
export function tickets(seed, label) {
  const ticketOf = hashing(16, bytes(seed), label);
  const known = new Map();
  return (item) => {
    let ticket = known.get(item);
    if (ticket === undefined) known.set(item, (ticket = hex(ticketOf(bytes(item)))));
    return ticket;
  };
}

const before = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** The candidates once each, with the items that tickets are of. Throws TwoOfOne. */
export function asDeck(candidates) {
  const registers = new Map();
  for (const one of candidates) {
    const { host, slot, id, series, source } = one;
    const known = registers.get(host + slot);
    if (!known) {
      const who = whoOf(one);
      const [event, group] = [who + slot, who + seriesOf(one)];
      registers.set(host + slot, { host, slot, id, series, source, who, event, group });
    } else if (known.id !== id || known.series !== series || known.source !== source) {
      throw new TwoOfOne(slot);
    }
  }
  return [...registers.values()];
}

const distinct = (items, keyOf) => new Set(items.map(keyOf)).size;

/** The events of a line in the order in which it offers them; only as far as it is asked. */
function* offers(line, order) {
  const sorted = (items, keyOf, ticketOf) => {
    if (items.length === 1) return items;
    const withTickets = items.map((item) => [ticketOf(keyOf(item)), keyOf(item), item]);
    withTickets.sort((a, b) => before(a[0], b[0]) || before(a[1], b[1]));
    return withTickets.map(([, , item]) => item);
  };
  const series = [...grouped(line, (one) => one.group).values()];
  let left = sorted(series, ([one]) => one.group, order.series);
  for (let turn = 0; left.length; turn++) {
    for (let i = 0; i < left.length; i++) {
      if (turn === 0) left[i] = sorted(left[i], (one) => one.event, order.event);
      yield left[i][turn];
    }
    left = left.filter((events) => turn + 1 < events.length);
  }
}

/** The lines of a deck, each with its turn: {held, turn, ticket, next}, `next` what it offers. */
export function linesOf(deck, seed) {
  const order = {
    series: tickets(seed, "potluck.series"), event: tickets(seed, "potluck.event"),
    turn: tickets(seed, "potluck.turn"),
  };
  const lines = grouped(deck, (one) => one.host + one.who);
  return [...lines.values()].map((held) => {
    const coming = offers(held, order);
    const next = coming.next().value;
    const turn = next.source === null ? next.who : next.event;
    return { held, turn, ticket: order.turn(turn), next, coming, eventTicket: order.event };
  });
}

/** One round: what each line offers, in the order of turns; {line, one} of what is not dealt. */
function* round(lines, dealt) {
  const offering = lines.map((line) => ({ line, one: line.next }));
  const by = (a, b) => before(a.line.ticket, b.line.ticket) || before(a.line.turn, b.line.turn);
  offering.sort((a, b) =>
    by(a, b) || before(a.line.eventTicket(a.one.event), b.line.eventTicket(b.one.event))
    || before(a.one.event, b.one.event));
  for (const offer of offering) {
    if (dealt.has(offer.one.event)) continue;
    dealt.add(offer.one.event);
    yield offer;
  }
}

/**
 * All cards of a deck in order: {one, round, ticket, odds}. `had` are events that were dealt before
 * as wild cards: a line that held one has had a turn for it.
 */
export function* deal(deck, seed, had = new Set(), heldBefore = deck) {
  const turnsHad = new Map();
  for (const one of heldBefore) {
    const key = one.host + one.who;
    if (had.has(one.event)) turnsHad.set(key, (turnsHad.get(key) ?? 0) + 1);
  }
  const events = grouped(deck, (one) => one.event);
  let lines = linesOf(deck, seed);
  const whole = { organisers: distinct(lines, (line) => line.turn), deck: events.size };
  const relay = tickets(seed, "potluck.relay");
  const dealt = new Set();
  for (let at = 1; lines.length; at++) {
    const offering = lines.filter(({ held: [one] }) =>
      at > (turnsHad.get(one.host + one.who) ?? 0));
    for (const { line, one } of round(offering, dealt)) {
      const versions = events.get(one.event);
      const odds = { ...whole, ...oddsWithin(deck, versions) };
      yield { one: standing(versions, relay), round: at, ticket: line.ticket, odds };
    }
    for (const line of offering) line.next = line.coming.next().value;
    lines = lines.filter((line) => line.next);
  }
}

/** The version that stands for an event: that of the host with the smallest ticket. */
function standing(versions, relay) {
  return versions.reduce((first, other) => {
    const order = before(relay(other.host), relay(first.host)) || before(other.host, first.host);
    return order < 0 ? other : first;
  });
}

/** Of how many series and dates of who organises it an event is one. */
function oddsWithin(deck, versions) {
  const groups = new Set(versions.map((one) => one.group));
  const whose = deck.filter((one) => one.who === versions[0].who);
  return {
    series: distinct(whose, (one) => one.group),
    events: distinct(whose.filter((one) => groups.has(one.group)), (one) => one.event),
  };
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

/** The hand of at most n cards, the last `wild` of them dealt from the open candidates. */
export function handOf(candidates, others, seed, n, wild = 0) {
  const deck = asDeck(candidates);
  if (!wild) return first(deal(deck, seed), n, false);
  const open = asDeck([...candidates, ...others]);
  const last = first(deal(open, seed), wild, true);
  const had = new Set(last.map(({ one }) => one.event));
  const rest = deck.filter((one) => !had.has(one.event));
  return [...first(deal(rest, seed, had, open), n - wild, false), ...last];
}

/** How many different events there are. */
export const eventsIn = (candidates) => distinct(candidates, eventOf);
