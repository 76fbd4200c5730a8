// A receipt's hand dealt again, and what of it differs. PROTOCOL.md, "Receipts".
import { handOf, TwoOfOne } from "./dealing.js";
import { areEnough, commitment, dice, witness } from "./seeds.js";
import { walkedAgain } from "./vouched.js";

const ODDS = ["organisers", "series", "events", "deck"];
const fromRow = ([host, slot, id, series, source]) => ({ host, slot, id, series, source });

/** The seed that a receipt's origin gives; null where only the owner of a secret can tell. */
function seedOf({ origin }) {
  if (origin.kind === "dice") return dice(origin.rolls);
  if (origin.kind === "witness") return witness(origin.commitment, origin.r, origin.word);
  return null;
}

function handDiffers(receipt, dealt) {
  const found = [];
  for (let at = 0; at < Math.max(dealt.length, receipt.hand.length); at++) {
    const [ours, theirs] = [dealt[at], receipt.hand[at]];
    const same = ours && theirs
      && ["host", "slot", "id"].every((name) => ours.one[name] === theirs[name])
      && ["round", "ticket", "wild"].every((name) => ours[name] === theirs[name])
      && ODDS.every((name) => ours.odds[name] === theirs.odds[name]);
    if (!same) found.push(`card ${at + 1}`);
  }
  return found;
}

/** Every difference between a receipt and the same draw done again, such as "card 2". */
export function differences(receipt) {
  const { origin } = receipt;
  const found = [];
  const candidates = receipt.candidates.map(fromRow);
  const others = receipt.others.map(fromRow);
  if (origin.kind === "dice" && !areEnough(origin.rolls,
    [...candidates, ...others])) found.push("dice");
  const seed = seedOf(receipt);
  if (seed !== null && seed !== receipt.seed) found.push("seed");
  if (origin.kind === "witness") {
    const { date, r } = origin;
    if (commitment(candidates, receipt.n, date, r) !== origin.commitment) found.push("commitment");
  }
  try {
    const again = receipt.vouched ? walkedAgain(receipt, candidates)
      : { dealt: handOf(candidates, others, receipt.seed, receipt.n, receipt.wild), found: [] };
    return [...found, ...handDiffers(receipt, again.dealt), ...again.found];
  } catch (error) {
    if (!(error instanceof TwoOfOne)) throw error;
    return [...found, "deck"];
  }
}
