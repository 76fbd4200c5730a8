// What a guest says of a ticket: kept, or not.

export const keptKey = ({ host, slot }) => host + slot;

/** Keep a card in the plan, or take it out. */
export async function answer(store, card, kept) {
  const key = `plan/${keptKey(card)}`;
  if (kept) await store.put(key, { host: card.host, slot: card.slot, id: card.id,
    encoded: card.encoded });
  else await store.delete(key);
}
