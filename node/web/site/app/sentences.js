// Filters as sentences with choices in them, and the words for each when it hid something.
import { el } from "./elements.js";
import { count, figure, language, say } from "./language.js";
import { distance } from "./spoken.js";
import { hereOf } from "./tickets.js";

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

/** A choice inside a sentence; `options` are [value, word, what it sets]. */
function choice(app, filters, label, options, chosen) {
  const select = el("select", {
    "aria-label": label,
    onchange: app.try(async () => {
      const changes = await options[select.selectedIndex][2]();
      await setFilters(app, { ...filters, ...changes });
      document.querySelector(`select[aria-label="${CSS.escape(label)}"]`)?.focus();
    }),
  }, options.map(([value, word]) => el("option", { selected: value === chosen }, word)));
  return el("span", { class: "choose" }, select);
}

/** Where the device is: asked of the device, and told to nobody. */
function located() {
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) =>
        resolve({ fromWhere: { kind: "here", point: [latitude, longitude] } }),
      () => resolve({}),
    );
  });
}

function far(app, filters) {
  const options = [[undefined, say("any distance"), () => ({ km: undefined })],
    ...KM.map((km) => [km, distance(km), () => ({ km })])];
  return choice(app, filters, say("How far"), options, filters.km);
}

function from(app, filters) {
  const options = [["house", app.site.place.name, () => ({ fromWhere: undefined })]];
  if (isSecureContext && navigator.geolocation) options.push(["here", say("where I am"), located]);
  return choice(app, filters, say("From where"), options, filters.fromWhere?.kind ?? "house");
}

const unless = (app, filters, label, name) => {
  const said = filters[name];
  const pick = (unsaid) => () => ({ [name]: { ...said, unsaid } });
  return choice(app, filters, label,
    [[true, say("or not said"), pick(true)], [false, say("and said to be so"), pick(false)]],
      said.unsaid);
};

function one(name, words, hidden) {
  const hid = hidden[name];
  return el("li", {}, el("span", { class: "say" }, words),
    el("span", { class: "hid" }, hid ? `− ${figure(hid)}` : "0"));
}

function pricing(app, filters) {
  const unsaid = filters.price?.unsaid ?? true;
  const options = [[undefined, say("anything"), () => ({ price: undefined })],
    [0, say("nothing"), () => ({ price: { most: 0, unsaid } })],
    [MOST, say("up to %(price)s", { price: figure(MOST) }),
      () => ({ price: { most: MOST, unsaid } })]];
  return [choice(app, filters, say("Price"), options, filters.price?.most),
    filters.price && unless(app, filters, say("If the price is not said"), "price")];
}

function reaching(app, filters) {
  const unsaid = filters.access?.unsaid ?? true;
  const options = [[undefined, say("as it comes"), () => ({ access: undefined })],
    ...NEEDS.map((need) => [need, language().access[need][0],
      () => ({ access: { need, unsaid } })])];
  return [choice(app, filters, say("Access"), options, filters.access?.need),
    filters.access && unless(app, filters, say("If access is not said"), "access")];
}

function topical(app, filters, coming) {
  const known = Object.entries(app.site.marks).filter(([, [, word]]) => word);
  const there = new Set(coming.flatMap(({ body }) => body.topics
    ?? []).map((topic) => topic.toLowerCase()));
  const options = known.filter(([topic]) => there.has(topic))
    .map(([topic, [, word]]) => [topic, language().topics[word], () => ({ topic })]);
  if (!options.length) return null;
  options.unshift([undefined, say("anything"), () => ({ topic: undefined })]);
  return choice(app, filters, say("Topic"), options, filters.topic);
}

/** The sentences, each with how many events it hides. */
export function sentences(app, filters, { hidden, coming }) {
  const days = [[undefined, count("%(num)s day", "%(num)s days", app.site.days),
    () => ({ days: undefined })],
    ...DAYS.filter((number) => number < app.site.days).map((number) =>
      [number, count("%(num)s day", "%(num)s days", number), () => ({ days: number })])];
  const which = [[undefined, say("any day"), () => ({ weekdays: undefined })],
    ["weekday", say("a weekday"), () => ({ weekdays: "weekday" })],
    ["weekend", say("a weekend"), () => ({ weekdays: "weekend" })]];
  const hours = [[undefined, say("any hour"), () => ({ hours: undefined })],
    ["day", say("day"), () => ({ hours: "day" })],
      ["evening", say("evening"), () => ({ hours: "evening" })]];
  const topic = topical(app, filters, coming);
  return [
    app.site.place && one("km", [say("Within"), far(app, filters), say("of"), from(app, filters)],
      hidden),
    one("days", [say("in the next"), choice(app, filters, say("How soon"), days, filters.days)],
      hidden),
    one("weekdays", [say("on"), choice(app, filters, say("Which days"), which, filters.weekdays),
      say("at"), choice(app, filters, say("What time"), hours, filters.hours)], hidden),
    one("price", [say("costing"), pricing(app, filters)], hidden),
    one("access", [say("and"), reaching(app, filters)], hidden),
    topic && one("topic", [say("about"), topic], hidden),
  ];
}

/** A filter in words, as what hid something. */
export function lineWords(app, filters, name) {
  const said = (unsaid) => (unsaid ? say("or not said") : say("and said to be so"));
  switch (name) {
    case "km": return say("Within %(distance)s", { distance: distance(filters.km) });
    case "days": return say("In the next %(days)s", {
      days: count("%(num)s day", "%(num)s days", filters.days) });
    case "weekdays": return [filters.weekdays === "weekday" ? say("On a weekday")
      : filters.weekdays === "weekend" ? say("On a weekend") : say("On any day"),
    filters.hours === "day" ? say("by day") : filters.hours === "evening" ? say("in the evening")
      : null]
      .filter(Boolean).join(", ");
    case "price": return [
      filters.price.most
        ? say("Costing up to %(price)s", { price: figure(filters.price.most) })
        : say("Costing nothing"),
      said(filters.price.unsaid),
    ].join(", ");
    case "access": return [
      language().access[filters.access.need][0], said(filters.access.unsaid),
    ].join(", ");
    case "topic": return say("About %(topic)s", { topic: filters.topic });
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
