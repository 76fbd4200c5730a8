// What a guest hides from a draw. A rule says true (it may be dealt), false, or null: nobody said.
// Filters are {km, from, days, weekdays, hours, price, access, topic}, all optional.
import { mayBeWithin } from "./ellipsoid.js";
import { addDays, dateIn, localOf, moment } from "./times.js";

const FREE = new Set([
  "0", "free", "gratis", "kostenlos", "umsonst", "gratuit", "gratuito", "grátis", "無料", "免费",
]);
/** The order in which the sentences stand; what is hidden counts at the first that hides it. */
export const ORDER = ["km", "days", "weekdays", "price", "access", "topic", "bag"];
const SETS = { weekday: [0, 1, 2, 3, 4], weekend: [5, 6] };
const HOURS = { day: ["06:00", "17:59"], evening: ["18:00", "23:59"] };

/** What a price in words comes to; null if it is not said, or not in figures. */
export function cost(price) {
  if (price === undefined) return null;
  const words = price.toLowerCase();
  const [first] = words.split(/\s+/);
  if (FREE.has(words) || FREE.has(first.replace(/^[,.;:]+|[,.;:]+$/g, ""))) return 0;
  const figures = (words.match(/\d+(?:[.,]\d{1,2})?/g)
    ?? []).map((text) => Number(text.replace(",", ".")));
  return figures.length ? Math.max(...figures) : null;
}

function within({ km, from }) {
  if (!km || !from) return null;
  const known = new Map();
  return ({ place }) => {
    if (place?.lat === undefined) return false;
    const key = `${place.lat},${place.lon},${place.uncertainty}`;
    if (!known.has(key)) known.set(key, mayBeWithin(from, [place.lat, place.lon], km,
      place.uncertainty));
    return known.get(key);
  };
}

function soon({ days }, now, zone) {
  if (!days) return null;
  const until = moment(addDays(dateIn(now, zone), days), zone);
  return ({ start }) => start < until;
}

function onDays({ weekdays, hours }) {
  const wanted = SETS[weekdays];
  const clock = HOURS[hours];
  if (!wanted && !clock) return null;
  return ({ start, tz, all_day: allDay }) => {
    const there = localOf(start, tz);
    if (wanted && !wanted.includes(there.weekday)) return false;
    return !clock || allDay || (clock[0] <= there.clock && there.clock <= clock[1]);
  };
}

function costing({ price }) {
  if (!price) return null;
  return (body) => {
    const said = cost(body.price);
    if (said === null) return price.unsaid ? true : null;
    return said <= price.most;
  };
}

function withAccess({ access }) {
  if (!access) return null;
  return (body) => body.access?.[access.need] ?? (access.unsaid ? true : null);
}

function about({ topic }) {
  if (!topic) return null;
  return ({ topics }) => (topics ? topics.some((said) => said.toLowerCase() === topic) : null);
}

/** The rules that are set, by name, in order. `bag` has the events that were dealt before. */
export function rulesOf(filters, now, zone, bag = new Set()) {
  const rules = {
    km: within(filters), days: soon(filters, now, zone), weekdays: onDays(filters),
    price: costing(filters), access: withAccess(filters), topic: about(filters),
    bag: bag.size ? (_body, event) => !bag.has(event) : null,
  };
  return ORDER.filter((name) => rules[name]).map((name) => [name, rules[name]]);
}

function firstFailing(rules, one) {
  for (let at = 0; at < rules.length; at++) {
    const answer = rules[at][1](one.body, one.event);
    if (!answer) return [at, answer];
  }
  return [rules.length, true];
}

/**
 * What is left to draw from {candidates, hidden, unsaid, events}: `hidden` and `unsaid` count by
 * rule each event once, at the last of its versions' first rules. `coming` are {event, body, …}.
 */
export function sift(coming, rules) {
  const reached = new Map();
  const candidates = [];
  for (const one of coming) {
    const [at, answer] = firstFailing(rules, one);
    if (at === rules.length) candidates.push(one);
    const before = reached.get(one.event);
    if (!before || before[0] < at) reached.set(one.event, [at, answer]);
  }
  const count = (wanted) => Object.fromEntries(rules.map(([name], at) =>
    [name, [...reached.values()].filter(([failed, answer]) => failed === at
      && wanted(answer)).length]));
  const events = [...reached.values()].filter(([at]) => at === rules.length).length;
  return { candidates, hidden: count(() => true), unsaid: count((answer) => answer === null),
    events };
}
