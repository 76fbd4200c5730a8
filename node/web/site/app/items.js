// The items that tickets are of, in hexadecimal: who an event counts for, its series, the event.
import { hex, utf8 } from "./bytes.js";

const known = new Map();

/** A text in hexadecimal: the same few are asked for again and again. */
function spelled(text) {
  if (!known.has(text)) known.set(text, hex(utf8(text)));
  return known.get(text);
}

export const whoOf = (one) =>
  (one.source === null ? `00${one.host}` : `01${spelled(one.source)}00`);
export const seriesOf = (one) =>
  (one.series === null ? `00${one.slot}` : `01${spelled(one.series)}`);
export const eventOf = (one) => whoOf(one) + one.slot;

export const organisersIn = (candidates) => new Set(candidates.map(whoOf)).size;

/** Items by their keys, in the order in which these come. */
export function grouped(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
