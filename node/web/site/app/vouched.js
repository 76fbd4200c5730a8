// What the receipt of a vouched draw has besides: how each card was walked to, and the vouches.
import { bytes } from "./bytes.js";
import { Refused } from "./msgpack.js";
import { returned, vouchOf } from "./vouch.js";
import { deals, NUMBERS_A_CARD, STEPS, walkedHand, walks } from "./walk.js";

const sameWay = (one, other) =>
  one.number === other.number && JSON.stringify(one.path) === JSON.stringify(other.path);

/** Whether a path without its first host, which is step 0, goes where the tickets say. */
function follows({ next }, friends, { number, path }) {
  for (let step = 1; step < path.length; step++) {
    if (path[step] !== next(number, step + 1, friends.get(path[step - 1]))) return false;
  }
  return path.length === 0 || path.length === STEPS - 1 || !friends.get(path.at(-1))?.size;
}

/** Whether the walks may be so, as far as that can be told without whom one has met. */
function mayBe({ seed, n, strangers, hand }, friends) {
  const way = walks(seed, friends);
  const numbers = hand.map((card) => card.number);
  if (numbers.length > n || numbers.some((number, at) => number <= numbers[at - 1]
    || number >= NUMBERS_A_CARD * n)) return false;
  return hand.every((card) => {
    if ((card.path === null) !== (strangers && way.isStrangers(card.number))) return false;
    return card.path === null || follows(way, friends, card);
  });
}

/** The cards to which the paths lead; whom one has met first is the card's own host, or not. */
function claimed(candidates, { seed, hand }) {
  const { ofAll, ofLast } = deals(candidates, seed);
  return hand.map(({ host, path }) => (path === null ? ofAll() : ofLast([host, ...path])));
}

/** The hand dealt again, and what else is wrong: {dealt, found}. Throws TwoOfOne. */
export function walkedAgain(receipt, candidates) {
  const { seed, n, strangers, met, hand } = receipt;
  let vouches;
  try {
    vouches = receipt.vouches.map((one) => vouchOf(bytes(one)));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { dealt: claimed(candidates, receipt), found: ["vouches"] };
  }
  const friends = returned(vouches.filter(({ given }) => given));
  const dealt = met ? walkedHand(candidates, seed, n, { met, friends, strangers })
    : claimed(candidates, receipt);
  const right = met ? dealt.length === hand.length && dealt.every((one, at) => sameWay(one,
    hand[at])) : mayBe(receipt, friends);
  const places = new Set(vouches.map(({ register }) => register));
  const networks = new Set(vouches.map(({ network }) => network));
  const signed = vouches.every(({ holds }) => holds) && places.size === vouches.length
    && networks.size <= 1;
  return { dealt, found: [...(signed ? [] : ["vouches"]), ...(right ? [] : ["walks"])] };
}
