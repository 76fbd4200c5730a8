// A card: its versions side by side, the rose, how it was drawn, and who says so.
import { origin } from "./app.js";
import { button, el, fine, link, save, svg, theirs } from "./elements.js";
import {
  answers, asNow, hostName, odds, organiser, stateOf, where, whenOf,
} from "./tickets.js";
import { hex } from "./bytes.js";
import { bearing, distanceKm, hereOf, isArea } from "./geo.js";
import { asEvent, calendar } from "./ics.js";
import { figure, language, say } from "./language.js";
import { away, capital, clock, dateAndTime, facts, longDate, time } from "./spoken.js";
import { dateIn } from "./times.js";
import { dealtToday, onTable } from "./hands.js";
import { keptKey } from "./store.js";
import { readFilters } from "./sentences.js";

const RINGS = 30 / Math.log(5);

/** The cards that lie on the table: the table's, and those dealt here today. */
async function onTheTable(app) {
  const filters = await readFilters(app);
  const own = onTable(await dealtToday(app, filters, app.now()));
  return [...(app.site.table?.cards ?? []).map((card, place) => ({ card, place, table: true })),
    ...own.map((card, place) => ({ card, place }))];
}

export async function show(app, host, slot) {
  const kept = await app.store.get(`plan/${host}${slot}`);
  const found = (await onTheTable(app)).find(({ card }) => card.host === host
    && card.slot === slot);
  const { one, state } = asNow(app, kept ?? found?.card ?? { host, slot });
  if (!one?.body) return missing();
  const back = found?.table ? "#" : found ? "#mine" : kept ? "#plan" : "#list";
  return [
    el("p", { class: "links back-to" }, link(back, say("Back"))),
    el("div", { class: "split wide-end" },
      el("article", { class: "stick" }, programme(app, one, state, found, kept)),
      el("div", { class: "days" }, about(one), found && how(app, one, found), whoSaysSo(app, one))),
  ];
}

function missing() {
  return [el("h1", {}, say("This event is not on this list")),
    el("p", { class: "links" }, link("#", say("Today’s hand")),
      link("#list", say("Read the whole list")))];
}

function programme(app, one, state, found, kept) {
  const { body } = one;
  const versions = app.deck.versions(one.event).filter((other) => other.body);
  const disagree = new Set(versions.map((other) => `${other.status} ${other.body.start}`)).size > 1;
  const card = { ...one, encoded: hex(one.encoded), ...found?.card, ...kept };
  const paper = found ? `s${(found.place % 5) + 1}` : "blank-ticket";
  return el("div", { class: `ticket programme ${paper}` },
    el("div", { class: "body", lang: body.lang },
      el("p", { class: "by" }, theirs(organiser(app, one))), el("h1", {}, theirs(body.title)),
      stateOf(state),
      disagree ? twoVersions(app, one, versions) : [whenOf(body, app.now()),
        body.start !== undefined
        && el("p", { class: "acts" }, toCalendar(one, say("Add to calendar")))],
      rose(app, body), placed(app, body)),
    el("div", { class: "stub" }, found ? odds(found.card, found.place, kept)
      : el("p", { class: "odds" }),
      answers(app, card, body.title, { kept, skipped: app.skipped.has(keptKey(card)) },
        () => app.again())));
}

const fileName = (title) =>
  `${title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "event"}.ics`;

const toCalendar = (one, word) => button(word, () =>
  save(fileName(one.body.title), "text/calendar", calendar([asEvent(one)])));

function twoVersions(app, one, versions) {
  const ordered = [one, ...versions.filter((other) => other !== one)];
  return [
    el("p", { class: "but" }, say("The calendars disagree:")),
    el("ol", { class: "versions" }, ordered.map((version) => {
      const { start, tz, all_day: allDay } = version.body;
      const cancelled = version.status === "cancelled";
      return el("li", {},
        el("span", { class: "hour" }, cancelled ? say("cancelled") : start === undefined
          ? say("no date yet")
          : allDay ? say("all day") : time(start, tz)),
        start !== undefined && el("span", { class: "cap" }, longDate(dateIn(start, tz)),
          !allDay && [el("br"), clock(start, tz)]),
        el("span", { class: "says-who" },
          el("b", {}, say("says %(name)s", { name: hostName(app, version.host) }))),
        !cancelled && start !== undefined && toCalendar(version, say("Add this to calendar")));
    })),
    el("p", { class: "ask fine" },
      say("All name %(name)s as the organiser. Which stands first was drawn by lot, not weighed. "
        + "Better ask before you go.", { name: organiser(app, one) })),
  ];
}

/** North up: rings at 1, 5 and 25 km, and the place as a dot. Only for a place that is known. */
function rose(app, { place }) {
  const here = hereOf(app);
  if (!here || place?.lat === undefined || isArea(place)) return null;
  const there = [place.lat, place.lon];
  const radius = Math.min(94, Math.max(10, 34 + RINGS * Math.log(Math.max(distanceKm(here, there),
    0.01))));
  const angle = (bearing(here, there) * Math.PI) / 180;
  const [x, y] = [120 + radius * Math.sin(angle),
    120 - radius * Math.cos(angle)].map((at) => at.toFixed(1));
  const circle = (r, more = {}) => svg("circle", { cx: 120, cy: 120, r, ...more });
  const text = (x_, y_, words) => svg("text", { x: x_, y: y_ }, words);
  const [n, e, s, w] = language().compass;
  return svg("svg", { class: "rose", viewBox: "0 0 240 240", role: "img",
    "aria-label": say("Compass rose: the place lies %(where)s", { where: away(here, there) }) },
  svg("g", { fill: "none", stroke: "currentColor" }, circle(94), circle(98, { "stroke-width": 6,
    pathLength: 360, "stroke-dasharray": ".7 4.3", "stroke-dashoffset": -2,
    transform: "rotate(-2.35 120 120)" }),
  svg("g", { "stroke-dasharray": "1 3.5" }, circle(64), circle(34)),
  svg("path", { d: "M120 26v188M26 120h188", opacity: ".3" })),
  svg("path", { d: "m120 97 4.5 18.5L143 120l-18.5 4.5L120 143l-4.5-18.5L97 120l18.5-4.5z" }),
  svg("path", { d: `M120 120L${x} ${y}`, stroke: "currentColor", "stroke-width": 1.5 }),
  svg("circle", { class: "pin", cx: x, cy: y, r: 8.5 }),
  svg("g", { "text-anchor": "middle" },
    svg("g", { "font-size": 20 }, text(120, 14, n), text(120, 239, s), text(230, 127, e),
      text(10, 127, w)),
    svg("g", { "font-size": 14.5 }, text(125, 147, "1"), text(125, 177, "5"),
      text(125, 198, "25 km"))));
}

function placed(app, body) {
  const { place } = body;
  const here = hereOf(app);
  if (!place || isArea(place)) return where(app, body);
  const far = here && place.lat !== undefined;
  return [
    el("p", { class: "aim" }, el("b", {}, theirs(place.name)),
      place.address && [theirs(place.address), el("br")],
      far && away(here, [place.lat, place.lon])),
    far && fine(origin(app)),
  ];
}

function about({ body }) {
  const { place, url } = body;
  const silent = Object.entries(language().access)
    .filter(([need]) => body.access?.[need] === undefined);
  return el("section", { class: "stack" },
    body.about && body.about.split(/\n\s*\n/).map((text, at) =>
      el("p", { class: at ? undefined : "opening", lang: body.lang }, text)),
    el("p", {}, facts(body)),
    silent.length > 0 && silent.length < 5 && fine(say("Not said: %(needs)s.", {
      needs: silent.map(([, [yes]]) => yes).join(", ") })),
    el("p", { class: "links" },
      place?.lat !== undefined && !isArea(place)
        && link(`geo:${place.lat},${place.lon}`, say("Open a map")),
      url && el("a", { href: url, rel: "noreferrer" }, say("The organiser’s page"))));
}

function how(app, one, { card: { odds: said, wild }, table }) {
  const { organisers, series, events } = said;
  const part = (number, words) => number > 1 && el("li", {},
    el("b", {}, say("1 of %(num)s", { num: figure(number) })), el("span", {}, words));
  const n = Math.min(app.site.hand, organisers);
  return el("details", { class: "how" }, el("summary",
    { "data-verb": say("Show"), "data-close": say("Close") }, say("How this was drawn")),
  el("div", { class: "stack" }, el("ol", { class: "chain" },
    part(organisers, say(
      "organisers. Each has one ticket, however much they announce and however many calendars "
      + "carry it.")),
    part(series, say("things they do.")), part(events, say("dates of this one."))),
  !wild && el("p", {},
    say("%(n)s of %(all)s organisers are in each hand, so each had the same chance. Nobody’s taste "
    + "was asked, yours included.", { n: figure(n), all: figure(organisers) })),
  table && el("p", {},
    say("The lot of the day was sealed the day before and is opened the day after. From then on "
    + "anybody can deal this hand again.")),
  el("p", { class: "links" }, link("#check", say("Check it"))),
  fine(say("A check shows that the hand follows from the lot and from this list of events. It does "
    + "not show that the list is complete."))));
}

function whoSaysSo(app, one) {
  const versions = app.deck.versions(one.event).filter((other) => other.body);
  return el("section", { class: "stack" }, el("h2", {}, say("Who says so")),
    el("dl", { class: "who" }, (versions.length ? versions : [one]).map((version) => [
      el("dt", {}, capital(hostName(app, version.host))),
      el("dd", {}, version.source
        ? say("imports a calendar that names %(name)s.", { name: version.source })
        : say("announces it."), " ", say("The signature holds."), el("br"),
      el("span", { class: "fine" },
        say("Said on %(date)s, %(time)s.", dateAndTime(version.issued, app.site.tz))))])),
    one.source && fine(say(
      "A signature shows who brought the news. %(name)s has not announced it here.", {
      name: one.source })));
}

