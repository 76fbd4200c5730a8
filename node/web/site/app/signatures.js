// Whether announcements are signed by the hosts that they name: looked at before one is shown.
import { bytes, joined, utf8 } from "./bytes.js";
import { verify } from "./ed25519.js";

const CONTEXT = utf8("potluck-announcement-v1\0");

export const isSigned = ({ host, signed, signature }) =>
  verify(bytes(host), joined(CONTEXT, signed), signature);

/** Take the versions of an event out of the deck whose signatures do not hold. */
export function dropForged(deck, event) {
  for (const one of [...deck.versions(event)]) {
    one.holds ??= isSigned(one);
    if (one.holds) continue;
    deck.forged++;
    deck.remove(one);
  }
}

/** What the deck holds of a register, if its signature holds. */
export function signed(deck, host, slot) {
  const one = deck.get(host, slot);
  if (one) dropForged(deck, one.event);
  return deck.get(host, slot);
}
