// Draw in this browser: a hand a day and one redraw, and a receipt of each. Dice stand beside the
// day's hand, as with the node.
import { bytes, hex } from "./bytes.js";
import { dealtToday, handsOf, hat, marked, mayRedraw, onTable } from "./hands.js";
import { eventOf } from "./items.js";
import { encode, makeReceipt, receiptId } from "./receipt.js";
import { dice, solo } from "./seeds.js";
import { signed } from "./signatures.js";
import { keptKey } from "./store.js";
import { dateIn } from "./times.js";

const SETS_A_DAY = 3;
const RECEIPTS = 60;

/** Why no hand is dealt: "sets" or "redraws". */
export class NoHand extends Error {}

/** Deal until every card's signatures hold. */
function dealSigned({ deck }, candidates, origin, seed, n) {
  for (;;) {
    const held = candidates.filter(({ host, slot, id }) => deck.get(host, slot)?.id === id);
    const receipt = makeReceipt({ origin, seed, n, candidates: held });
    const before = deck.forged;
    for (const { host, slot } of receipt.hand) signed(deck, host, slot);
    if (deck.forged === before) return { receipt, candidates: held };
  }
}

async function keepReceipt(store, receipt, now) {
  const text = encode(receipt);
  const id = receiptId(text);
  const key = `receipt/${String(now).padStart(10, "0")}-${id.slice(0, 8)}`;
  await store.put(key, { id, text, drawn: now });
  const all = [...(await store.all("receipt/")).keys()].sort();
  for (const old of all.slice(0, Math.max(0, all.length - RECEIPTS))) await store.delete(
    `receipt/${old}`);
  return key;
}

async function frozen({ deck, store }, receipt, now, facts) {
  const cards = receipt.hand.map((card) => {
    const one = deck.get(card.host, card.slot);
    return { ...card, event: eventOf(one), start: one.body.start, encoded: hex(one.encoded) };
  });
  return { ...facts, cards, receipt: await keepReceipt(store, receipt, now), dealt: now };
}

async function secret(store) {
  const fresh = hex(crypto.getRandomValues(new Uint8Array(32)));
  return bytes(await store.first("secret", fresh));
}

/** Deal the day's hand of this number, and keep it; undefined if there is nothing to deal. */
async function dealOn(app, candidates, filters, now, redraw, held) {
  const { store, site } = app;
  const today = dateIn(now, site.tz);
  const origin = { kind: "solo", date: today, redraw };
  const seed = solo(await secret(store), today, redraw);
  const n = Math.max(0, site.hand - held.length);
  const { receipt } = dealSigned(app, candidates, origin, seed, n);
  if (!receipt.hand.length && redraw === 0) return undefined;
  const facts = { redraw, filters: marked(filters), held: held.map(keptKey) };
  const hand = await frozen(app, receipt, now, facts);
  const kept = await store.first(`hand/${today}/${redraw}/${facts.filters}`, hand);
  for (const { event } of kept.cards) await store.put(`bag/${event}`, today);
  return kept;
}

/** The day's hand by these filters: dealt at the first look, the same afterwards. Throws NoHand. */
export async function mine(app, filters, now) {
  const { store, site } = app;
  const today = dateIn(now, site.tz);
  const dealt = await dealtToday(app, filters, now);
  if (dealt.length) return dealt;
  const sets = new Set((await handsOf(store, today)).map((hand) => hand.filters));
  if (sets.size >= SETS_A_DAY) throw new NoHand("sets");
  const { candidates } = await hat(app, filters, now);
  const hand = await dealOn(app, candidates, filters, now, 0, []);
  return hand ? [hand] : [];
}

/** Deal once more, in place of what was not kept, without what was shown today. Throws NoHand. */
export async function redraw(app, filters, now) {
  const { store, site } = app;
  const today = dateIn(now, site.tz);
  if (!(await mayRedraw(app, now))) throw new NoHand("redraws");
  const before = await dealtToday(app, filters, now);
  const plan = await store.all("plan/");
  const held = onTable(before).filter((card) => plan.has(keptKey(card)));
  const shown = new Set((await handsOf(store, today))
    .flatMap(({ cards }) => cards.map((card) => card.event)));
  const { candidates } = await hat(app, filters, now);
  const left = candidates.filter((one) => !shown.has(one.event));
  await dealOn(app, left, filters, now, before.at(-1).redraw + 1, held);
  return dealtToday(app, filters, now);
}

/** A hand of rolls, beside the day's: {hand, candidates, seed}. */
export async function rolled(app, filters, rolls, now) {
  const { candidates } = await hat(app, filters, now);
  const seed = dice(rolls);
  const dealt = dealSigned(app, candidates, { kind: "dice", rolls }, seed, app.site.hand);
  const hand = await frozen(app, dealt.receipt, now, { redraw: 0, held: [] });
  return { hand, candidates: dealt.candidates, seed };
}
