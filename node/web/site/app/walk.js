// The vouched draw: each card takes a walk of its own, from somebody whom one has met along vouches
// that are returned. PROTOCOL.md, "The vouched draw". `friends` are hosts by host.
import { hex, number } from "./bytes.js";
import { asDeck, deal, tickets } from "./dealing.js";
import { grouped } from "./items.js";

export const STEPS = 5;
export const NUMBERS_A_CARD = 4;
const STRANGER = 0xffffffff;
const STRANGERS_BELOW = 26;

/** What the tickets of a seed decide: {next, isStrangers, path}, each of a card's number. */
export function walks(seed, friends) {
  const ticketOf = tickets(seed, "potluck.walk");
  const of = (card, step, host = "") =>
    ticketOf(hex(number(card, 4)) + hex(number(step, 4)) + host) + host;
  /** Where a step leads among these hosts; undefined where there are none. */
  const next = (card, step, choice = []) => {
    const order = [...choice].map((host) => [of(card, step, host), host]);
    return order.reduce((first, one) => (one[0] < first[0] ? one : first), order[0])?.[1];
  };
  const isStrangers = (card) => parseInt(of(card, STRANGER).slice(0, 2), 16) < STRANGERS_BELOW;
  const path = (card, met) => {
    const hosts = [];
    for (let host = next(card, 0, met); host !== undefined && hosts.length < STEPS;) {
      hosts.push(host);
      host = next(card, hosts.length, friends.get(host));
    }
    return hosts;
  };
  return { next, isStrangers, path };
}

/** The deals of everybody and of each host alone; no event is dealt twice. Throws TwoOfOne. */
export function deals(candidates, seed) {
  const deck = asDeck(candidates);
  const dealt = new Set();
  const whole = deal(deck, seed);
  const held = grouped(deck, (one) => one.host);
  const alone = new Map([...held].map(([host, those]) => [host, deal(those, seed)]));
  const next = (cards) => {
    for (let { value } = cards.next(); value; { value } = cards.next()) {
      if (dealt.has(value.one.event)) continue;
      dealt.add(value.one.event);
      return { ...value, wild: false };
    }
    return undefined;
  };
  const ofLast = (path) => {
    for (const host of [...path].reverse()) {
      const card = alone.has(host) && next(alone.get(host));
      if (card) return card;
    }
    return undefined;
  };
  return { ofAll: () => next(whole), ofLast };
}

/** At most n cards of at most 4n numbers, each with its number and path; null for a stranger's. */
export function walkedHand(candidates, seed, n, { met, friends, strangers }) {
  const { ofAll, ofLast } = deals(candidates, seed);
  const { isStrangers, path: pathOf } = walks(seed, friends);
  const hand = [];
  for (let card = 0; card < NUMBERS_A_CARD * n && hand.length < n; card++) {
    const path = strangers && isStrangers(card) ? null : pathOf(card, met);
    const dealt = path === null ? ofAll() : ofLast(path);
    if (dealt) hand.push({ ...dealt, number: card, path });
  }
  return hand;
}
