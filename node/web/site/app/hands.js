// Hands that were drawn in this browser, and what another may be drawn from: no repeats until the
// hat is spent.
import { keptKey } from "./store.js";
import { rulesOf, sift } from "./filters.js";
import { dateIn } from "./times.js";

const REDRAWS_A_DAY = 1;

/** The events dealt on days before today since the bag was last emptied. */
export async function bagOf(store, today) {
  const since = (await store.get("bag since")) ?? "";
  const shown = await store.all("bag/");
  return new Set([...shown].filter(([, date]) => date < today
    && date >= since).map(([event]) => event));
}

/** What may be dealt by these filters: as `sift`, with `spent` when the bag had to start again. */
export async function hat({ deck, store, site }, filters, now) {
  const today = dateIn(now, site.tz);
  const coming = deck.coming(now);
  const bag = await bagOf(store, today);
  const found = sift(coming, rulesOf(filters, now, site.tz, bag));
  if (found.candidates.length || !found.hidden.bag) return { ...found, coming, spent: false };
  await store.put("bag since", today);
  return { ...sift(coming, rulesOf(filters, now, site.tz)), coming, spent: true };
}

/** What makes two sets of filters the same: all that is set, the place only if it matters. */
export function marked({ km, from, fromWhere: _from, ...others }) {
  const said = km ? { ...others, km, from } : others;
  return JSON.stringify(Object.entries(said).filter(([, value]) => value !== undefined).sort());
}

export async function handsOf(store, today) {
  return [...(await store.all(`hand/${today}/`)).values()].sort((a, b) => a.redraw - b.redraw);
}

/** The day's hands by these filters, if any was dealt. */
export async function dealtToday({ store, site }, filters, now) {
  const all = await handsOf(store, dateIn(now, site.tz));
  return all.filter((hand) => hand.filters === marked(filters));
}

/** Whether the day's redraw is still to be had. */
export async function mayRedraw({ store, site }, now) {
  const all = await handsOf(store, dateIn(now, site.tz));
  return all.filter((hand) => hand.redraw > 0).length < REDRAWS_A_DAY;
}

/** The cards on the table: those kept from earlier hands of the day, then the last dealt. */
export function onTable(hands) {
  if (!hands.length) return [];
  const held = new Set(hands.at(-1).held);
  const earlier = hands.slice(0, -1).flatMap(({ cards }) => cards)
    .filter((card) => held.has(keptKey(card)));
  return [...earlier, ...hands.at(-1).cards];
}
