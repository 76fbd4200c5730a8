// Filters as sentences with choices in them, and the words for each when it hid something.
import { el } from "./elements.js";
import { hereOf } from "./geo.js";
import { count, figure, language, marked, say } from "./language.js";
import { capital, distance, topicWord } from "./spoken.js";

const KM = [2, 5, 10, 25];
const DAYS = [7, 14, 30];
const NEEDS = ["step_free", "wheelchair", "quiet", "children", "sign_language"];
const MOST = 10;

/** What the guest has set; distances are from there, or from the house. */
export async function readFilters(app) {
  const kept = (await app.store.get("filters")) ?? {};
  app.here = kept.from?.point;
  return { ...kept, km: kept.km, from: hereOf(app), fromWhere: kept.from };
}

function keepable({ fromWhere, from: _from, ...filters }) {
  return fromWhere ? { ...filters, from: fromWhere } : filters;
}

/** Keep what is set now, and show what follows. */
export async function setFilters(app, filters) {
  await app.store.put("filters", keepable(filters));
  await app.again();
}

/** A choice inside a sentence, which sets a filter; `options` are [what is chosen, word, value]. */
function choice(app, filters, label, name, options, chosen = filters[name]) {
  const select = el("select", {
    "aria-label": label,
    onchange: app.try(async () => {
      const option = options[select.selectedIndex];
      const value = option.length > 2 ? option[2] : option[0];
      const set = typeof value === "function" ? await value() : value;
      await setFilters(app, { ...filters, [name]: set });
      document.querySelector(`select[aria-label="${CSS.escape(label)}"]`)?.focus();
    }),
  }, options.map(([value, word]) => el("option", { selected: value === chosen }, word)));
  return el("span", { class: "choose" }, select);
}

/** Where the device is: asked of the device, and told to nobody; as before if it does not say. */
const located = (before) => () => new Promise((resolve) => {
  navigator.geolocation.getCurrentPosition(
    ({ coords: { latitude, longitude } }) =>
      resolve({ kind: "here", point: [latitude, longitude] }),
    () => resolve(before),
  );
});

function from(app, filters) {
  const options = [["house", app.site.place.name, undefined]];
  if (isSecureContext && navigator.geolocation) {
    options.push(["here", say("where I am"), located(filters.fromWhere)]);
  }
  const chosen = filters.fromWhere?.kind ?? "house";
  return choice(app, filters, say("From where"), "fromWhere", options, chosen);
}

/** A choice, and once it is made, what becomes of events that do not say. */
function orUnsaid(app, filters, labels, name, key, options) {
  const said = filters[name];
  const unsaid = said?.unsaid ?? true;
  const picks = options.map(([value, word]) => [value, word,
    value === undefined ? undefined : { [key]: value, unsaid }]);
  const ifNot = [[true, say("or not said"), { ...said, unsaid: true }],
    [false, say("and said to be so"), { ...said, unsaid: false }]];
  return [choice(app, filters, labels[0], name, picks, said?.[key]),
    said && choice(app, filters, labels[1], name, ifNot, unsaid)];
}

function one(name, words, hidden) {
  const hid = hidden[name];
  return el("li", {}, el("span", { class: "say" }, words),
    el("span", { class: "hid" }, hid ? `− ${figure(hid)}` : "0"));
}

function topical(app, filters, coming) {
  const topics = coming.flatMap(({ body }) => body.topics ?? []);
  const there = new Set([filters.topic, ...topics.map((topic) => topic.toLowerCase())]);
  const options = Object.entries(language().topics).filter(([topic]) => there.has(topic));
  if (!options.length) return null;
  return choice(app, filters, say("Topic"), "topic", [[undefined, say("anything")], ...options]);
}

const inDays = (number) => count("%(num)s day", "%(num)s days", number);

/** The sentences, each with how many events it hides. */
export function sentences(app, filters, { hidden, coming }) {
  const pick = (label, name, any, options) =>
    choice(app, filters, label, name, [[undefined, any], ...options]);
  const far = pick(say("How far"), "km", say("any distance"), KM.map((km) => [km, distance(km)]));
  const days = DAYS.filter((number) => number < app.site.days);
  const soon = pick(say("How soon"), "days", inDays(app.site.days),
    days.map((number) => [number, inDays(number)]));
  const which = pick(say("Which days"), "weekdays", say("any day"),
    [["weekday", say("a weekday")], ["weekend", say("a weekend")]]);
  const hours = pick(say("What time"), "hours", say("any hour"),
    [["day", say("day")], ["evening", say("evening")]]);
  const price = orUnsaid(app, filters, [say("Price"), say("If the price is not said")], "price",
    "most", [[undefined, say("anything")], [0, say("nothing")],
      [MOST, say("up to %(price)s", { price: figure(MOST) })]]);
  const access = orUnsaid(app, filters, [say("Access"), say("If access is not said")], "access",
    "need", [[undefined, say("as it comes")],
      ...NEEDS.map((need) => [need, language().access[need][0]])]);
  const topic = topical(app, filters, coming);
  return [
    app.site.place && one("km", [say("Within"), far, say("of"), from(app, filters)], hidden),
    one("days", [say("in the next"), soon], hidden),
    one("weekdays", [say("on"), which, say("at"), hours], hidden),
    one("price", [say("costing"), price], hidden),
    one("access", [say("and"), access], hidden),
    topic && one("topic", [say("about"), topic], hidden),
  ];
}

const DAYS_IN_WORDS = { weekday: marked("On a weekday"), weekend: marked("On a weekend") };
const ANY_DAY = marked("On any day");
const HOURS_IN_WORDS = { day: marked("by day"), evening: marked("in the evening") };

/** A filter in words, as what hid something. */
export function lineWords(app, filters, name) {
  const { km, days, weekdays, hours, price, access, topic } = filters;
  const said = ({ unsaid }) => (unsaid ? say("or not said") : say("and said to be so"));
  switch (name) {
    case "km": return say("Within %(distance)s", { distance: distance(km) });
    case "days": return say("In the next %(days)s", { days: inDays(days) });
    case "weekdays": return [say(DAYS_IN_WORDS[weekdays] ?? ANY_DAY),
      hours && say(HOURS_IN_WORDS[hours])].filter(Boolean).join(", ");
    case "price": return [price.most ? say("Costing up to %(price)s", { price: figure(price.most) })
      : say("Costing nothing"), said(price)].join(", ");
    case "access": return [capital(language().access[access.need][0]), said(access)].join(", ");
    case "topic": return say("About %(topic)s", { topic: topicWord(topic) });
    default: return say("Dealt to you before");
  }
}

/** The ways back of one filter: [word, the filters with this change alone]. */
export function changed(filters, name) {
  const ways = [];
  const said = filters[name];
  if (name === "bag") return ways;
  const wider = name === "km" ? KM.find((km) => km > filters.km) : undefined;
  if (wider) ways.push([say("Look within %(distance)s", { distance: distance(wider) }),
    { km: wider }]);
  if (said?.unsaid === false) ways.push([say("Let in “not said”"),
    { [name]: { ...said, unsaid: true } }]);
  const dropped = name === "weekdays" ? { weekdays: undefined, hours: undefined }
    : { [name]: undefined };
  ways.push([say("Drop it"), dropped]);
  return ways.map(([word, change]) => [word, { ...filters, ...change }]);
}
