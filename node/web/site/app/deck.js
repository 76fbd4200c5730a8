// What the site has published: every announcement of it that can be read, by event.
import { blake2b } from "./blake2b.js";
import { hex } from "./bytes.js";
import { bundle, decode } from "./announcement.js";
import { eventOf } from "./items.js";
import { Refused } from "./msgpack.js";
import { isComing } from "./times.js";

/** What cannot be shown, and why: "network", "broken" or "unreachable". */
export class NoDeck extends Error {}

/** The announcement as a draw and a page see it. */
export function known(encoded) {
  const announcement = decode(encoded);
  const { host, slot, id, body } = announcement;
  const one = { host, slot, id, series: body?.series ?? null, source: body?.source?.id ?? null };
  return { ...announcement, ...one, event: eventOf(one), encoded };
}

const isNewer = (one, other) =>
  one.revision > other.revision || (one.revision === other.revision && one.id > other.id);

export class Deck {
  constructor() {
    this.registers = new Map();
    this.events = new Map();
    this.unreadable = 0;
    /** What was taken out because its signature did not hold. */
    this.forged = 0;
  }

  get(host, slot) {
    return this.registers.get(host + slot);
  }

  versions(event) {
    return this.events.get(event) ?? [];
  }

  add(one) {
    const before = this.get(one.host, one.slot);
    if (before && !isNewer(one, before)) return;
    if (before) this.remove(before);
    this.registers.set(one.host + one.slot, one);
    if (!this.events.has(one.event)) this.events.set(one.event, []);
    this.events.get(one.event).push(one);
  }

  remove(one) {
    this.registers.delete(one.host + one.slot);
    this.events.set(one.event, this.versions(one.event).filter((other) => other !== one));
  }

  /** What may be dealt now: nothing that is cancelled, has begun or has no date. */
  coming(now) {
    return [...this.registers.values()].filter(({ status, body }) =>
      (status === "scheduled" || status === "postponed") && isComing(body, now));
  }
}

/** The parts are compressed already, since not every web host would. */
async function unpacked(data) {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A file of the site. Throws NoDeck. */
export async function fetched(file, how) {
  const answer = await fetch(file, how).catch(() => null);
  if (!answer?.ok) throw new NoDeck("unreachable");
  return answer;
}

/** A module of the site, or what else is on its way. Throws NoDeck. */
export const loaded = (coming) => coming.catch(() => {
  throw new NoDeck("unreachable");
});

/** What an answer says as JSON. Throws NoDeck, as when a network that wants a login answers itself. */
export const saidBy = (answer) => loaded(answer.json());

async function part({ file, digest }) {
  const answer = await fetched(file);
  const data = new Uint8Array(await answer.arrayBuffer().catch(() => []));
  if (hex(blake2b(data, 32)) !== digest) throw new NoDeck("broken");
  return unpacked(data);
}

/** The deck of a site at this time, every part of it always. Throws NoDeck. */
export async function load({ network, deck: parts }, now) {
  const deck = new Deck();
  for (const data of await Promise.all(parts.map(part))) {
    try {
      for (const encoded of bundle(data, network)) take(deck, encoded, network, now);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      throw new NoDeck(error.message === "the deck of another network" ? "network" : "broken");
    }
  }
  return deck;
}

function take(deck, encoded, network, now) {
  try {
    const one = known(encoded);
    if (one.network !== network) throw new Refused("another network");
    if (one.expires > now) deck.add(one);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    deck.unreadable++;
  }
}
