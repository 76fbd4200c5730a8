// Whether announcements are signed by the hosts that they name: looked at before one is shown.
import { bytes, joined, utf8 } from "./bytes.js";
import { verify } from "./ed25519.js";

const CONTEXT = utf8("potluck-announcement-v1\0");

export const isSigned = ({ host, signed, signature }) =>
  verify(bytes(host), joined(CONTEXT, signed), signature);

/** What the deck holds of a register; versions of its event that nobody signed are taken out. */
export function signed(deck, host, slot) {
  for (const one of [...deck.versions(deck.get(host, slot)?.event)]) {
    one.holds ??= isSigned(one);
    if (one.holds) continue;
    deck.forged++;
    deck.remove(one);
  }
  return deck.get(host, slot);
}
