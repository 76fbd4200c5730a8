// An event as a ticket: its body, and its stub with odds, paper and answers.
import { known } from "./deck.js";
import { bytes } from "./bytes.js";
import { bearing, hereOf, isArea } from "./geo.js";
import { button, el, fine, link, mark, svg, theirs } from "./elements.js";
import { signed } from "./signatures.js";
import { answer, keptKey } from "./store.js";
import { count, marked, say } from "./language.js";
import { away, capital, facts, time, topicWord, when } from "./spoken.js";

const PAPERS = [
  marked("the yellow one"), marked("the orange one"), marked("the blue one"),
  marked("the green one"), marked("the purple one"),
];
export const STATES = {
  postponed: marked("Postponed"), cancelled: marked("Cancelled"), withdrawn: marked("Withdrawn"),
  gone: marked("No longer on this list"),
};

/** The card as it is now: {one, state}; one that is gone shows what was dealt. */
export function asNow({ deck }, card) {
  const held = signed(deck, card.host, card.slot);
  const then = card.encoded ? known(bytes(card.encoded)) : undefined;
  if (!held) return { one: then, state: "gone" };
  const one = held.body ? held : { ...held, body: then?.body };
  return { one, state: held.status, changed: card.id !== held.id, then };
}

export const cardAddress = ({ host, slot }) => `#card/${host}/${slot}`;
export const paper = (place) => say(PAPERS[place % PAPERS.length]);

const grouped = (key) => `${key.slice(0, 4)} ${key.slice(4, 8)}`;

/** Who announces: by the name that this site's keeper gives, or by the beginning of the key. */
export function hostName({ site }, host) {
  return site.hosts?.[host] ?? say("the key %(key)s", { key: grouped(host) });
}

/** Who organises, within a sentence: a source by its name; who announces herself by hers. */
export const organiserWithin = (app, one) => one.source ?? hostName(app, one.host);

/** The same where a line begins with it. */
export const organiser = (app, one) => one.source ?? capital(hostName(app, one.host));

function marks({ site }, topics = []) {
  if (!topics.length) return null;
  return el("p", { class: "marks" }, topics.map((topic) => {
    const shape = site.marks[topic.toLowerCase()] ?? "plain";
    return el("span", {}, mark(shape), theirs(topicWord(topic)));
  }));
}

/** A numbered room. */
const ROOM = /^(room|hall|studio|raum|saal|halle|zimmer|salle|sala) *\d+$/i;

/** The name of an area, and where in it: an address, else somewhere in the town. */
function inArea({ site }, { name, address, lat, lon }) {
  const town = site.towns?.find(([north, east]) => north === lat && east === lon)?.[2];
  const isTown = (text) => text?.toLowerCase() === town?.toLowerCase();
  if (address && !isTown(address)) return [name, theirs(address)];
  // A figure is of an address, as calendars write it.
  if (/\d/.test(name) && !ROOM.test(name)) return [name, ""];
  if (!town) return [name, say("somewhere near")];
  return [isTown(name) ? "" : name, say("somewhere in %(town)s", { town })];
}

export function where(app, { place }) {
  if (!place) return el("p", { class: "where" }, el("span", {}, say("Where is not said")));
  const here = hereOf(app);
  if (isArea(place)) {
    const [name, area] = inArea(app, place);
    return el("p", { class: "where somewhere" }, mark("some", { viewBox: "0 0 24 24" }),
      el("span", {}, name && [theirs(name), " "], area && el("b", {}, area)));
  }
  if (place.lat === undefined || !here) {
    return el("p", { class: "where" }, el("span", {}, theirs(place.name)));
  }
  const there = [place.lat, place.lon];
  const turn = `rotate(${Math.round(bearing(here, there))} 12 12)`;
  const needle = svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" },
    svg("use", { href: "#n", transform: turn }));
  return el("p", { class: "where" }, needle,
    el("span", {}, theirs(place.name), " ", el("b", {}, away(here, there))));
}

/** What another version says otherwise: an hour, a place, or that it is cancelled. */
export function differing(app, one) {
  return app.deck.versions(one.event).filter((other) => other.host !== one.host)
    .map((other) => ({ who: capital(hostName(app, other.host)), said: difference(one, other) }))
    .filter(({ said }) => said);
}

function difference(one, other) {
  if (other.status !== one.status && other.status === "cancelled") return say("cancelled");
  const [a, b] = [one.body, other.body];
  if (!a || !b) return null;
  if (a.start !== b.start) return b.start === undefined ? say("no date yet") : time(b.start, b.tz);
  if (a.place?.name !== b.place?.name) return b.place?.name ?? say("no place");
  return null;
}

export function stateOf(state) {
  return STATES[state] && el("p", { class: "state" }, say(STATES[state]));
}

/** When, twice: in words and in figures. */
export function whenOf(body, now) {
  const [spoken, figures] = when(body, now);
  const moment = body.start !== undefined && new Date(1000 * body.start).toISOString();
  const words = moment ? el("time", { datetime: moment }, spoken) : spoken;
  return [el("p", { class: "when" }, words), figures && fine(figures)];
}

function bodyOf(app, one, state, now) {
  const { body } = one;
  const said = differing(app, one);
  const small = [facts(body),
    one.source && say("imported by %(name)s", { name: hostName(app, one.host) })].filter(Boolean);
  return el("div", { class: "body", lang: body.lang },
    el("p", { class: "by" }, theirs(organiser(app, one))),
    el("h2", {}, link(cardAddress(one), theirs(body.title))),
    stateOf(state),
    whenOf(body, now),
    said.map(({ who, said: words }) =>
      el("p", { class: "differs" }, say("%(name)s says", { name: who }), " ", el("b", {}, words))),
    where(app, body),
    marks(app, body.topics),
    small.length > 0 && fine(...small.flatMap((text, at) => (at ? [el("br"), text] : [text]))));
}

/** "1 of 115 organisers", and the ticket's paper. */
export function odds({ odds: { organisers } }, place, kept) {
  const [first, rest] = count("<b>1 of 1</b> organiser", "<b>1 of %(num)s</b> organisers",
    organisers).split("</b>");
  const named = kept ? say("%(paper)s, kept", { paper: paper(place) }) : paper(place);
  return el("p", { class: "odds" }, el("span", {}, el("b", {}, first.replace("<b>", "")), rest),
    " ", el("span", { class: "tone" }, named));
}

/** What a button is called beside others of its word. */
export const named = (word, title) =>
  ({ "aria-label": say("%(word)s: %(title)s", { word, title }) });

/** Keep and Skip, or the way back; `after` is called once it is done. */
export function answers(app, card, title, { kept, skipped }, after) {
  const act = (wanted) => async () => {
    await answer(app.store, card, wanted === "keep");
    if (wanted === "skip") app.skipped.add(keptKey(card));
    else app.skipped.delete(keptKey(card));
    await after(keptKey(card));
  };
  const choice = (word, wanted) => button(word, act(wanted), named(word, title));
  if (kept || skipped) return choice(say("Put back"), "back");
  return el("p", { class: "pair" }, choice(say("Skip"), "skip"), choice(say("Keep"), "keep"));
}

/** A card of a hand as a list item. */
export function ticket(app, card, place, plan, after) {
  const { one, state } = asNow(app, card);
  const kept = plan.has(keptKey(card));
  const skipped = app.skipped.has(keptKey(card));
  const isVoid = state !== "scheduled" && state !== "postponed";
  const classes = ["ticket", `s${(place % 5) + 1}`, kept && "kept", skipped && "passed",
    isVoid && "void"];
  return el("li", { class: classes.filter(Boolean).join(" "), id: `t-${keptKey(card)}` },
    bodyOf(app, one, state, app.now()),
    el("div", { class: "stub" }, odds(card, place, kept),
      answers(app, card, one.body.title, { kept, skipped }, after)));
}
