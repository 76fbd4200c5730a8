// Five dice, rolled by hand, twice; then the hand is dealt step by step, one press a ticket.
import { asOf, head } from "./app.js";
import { asDeck, eventsIn, linesOf } from "./dealing.js";
import { rolled } from "./drawing.js";
import { button, el, fine, link, svg, theirs } from "./elements.js";
import { hat } from "./hands.js";
import { count, figure, say } from "./language.js";
import { saying } from "./mine.js";
import { rollsNeeded } from "./seeds.js";
import { readFilters } from "./sentences.js";
import { time, weekday } from "./spoken.js";
import { asNow, organiser, organiserWithin, paper, ticket } from "./tickets.js";
import { dateIn } from "./times.js";

const DICE = 5;
const WAYS = 6 ** (2 * DICE);
const WIDE = 332;
const [A, B, C, D, E, F, M] = [[7, 7], [17, 17], [17, 7], [7, 17], [7, 12], [17, 12], [12, 12]];
/** Where the pips lie on the faces 0 (not thrown) to 6, in a square of 24. */
const PIPS = [[], [M], [A, B], [A, M, B], [A, B, C, D], [A, B, C, D, M], [A, B, C, D, E, F]];

/** The rolls as far as they are known: 0 where nothing was said. */
let faces = Array(2 * DICE).fill(0);

function die(at, changed) {
  const face = faces[at];
  const said = face ? String(face) : say("not thrown");
  const label = say("Die %(number)s: %(face)s. Press for the next face", {
    number: (at % DICE) + 1, face: said });
  const pips = PIPS[face].map(([cx, cy]) => svg("circle", { cx, cy, r: 2.1 }));
  const picture = svg("svg", { viewBox: "2 2 20 20", "aria-hidden": "true" }, pips);
  return button(picture, () => {
    faces[at] = (face % 6) + 1;
    changed(at);
  }, { class: "die", "aria-label": label });
}

function throwing(legend, from, changed) {
  return el("fieldset", { class: "throw" }, el("legend", {}, legend),
    faces.slice(from, from + DICE).map((_, i) => die(from + i, changed)));
}

function rolls(candidates, changed) {
  const events = eventsIn(candidates);
  const typed = el("input", {
    id: "rolls", inputmode: "numeric", autocomplete: "off", value: faces.filter(Boolean).join(" "),
    onchange: () => {
      const said = (typed.value.match(/[1-6]/g) ?? []).slice(0, 2 * DICE).map(Number);
      faces = [...said, ...Array(2 * DICE - said.length).fill(0)];
      changed("rolls");
    },
  });
  const enough = rollsNeeded(events) <= 2 * DICE;
  const ways_ = say("Two throws of five can fall in %(ways)s ways:", { ways: figure(WAYS) });
  return [
    throwing(say("First throw"), 0, changed), throwing(say("Second throw"), DICE, changed),
    el("p", { class: "field" }, el("label", { for: "rolls" }, say("Or type the ten numbers")),
      typed),
    fine(ways_, " ", enough ? count("plenty for %(num)s event.", "plenty for %(num)s events.",
      events)
      : count("too few for %(num)s event.", "too few for %(num)s events.", events)),
  ];
}

export async function show(app) {
  const filters = await readFilters(app);
  const found = await hat(app, filters, app.now());
  const section = el("section", { class: "stack", id: "dice" });
  const draw = (focus) => {
    const ready = faces.every(Boolean) && found.candidates.length > 0;
    section.replaceChildren(el("h2", {}, say("Roll five dice, twice")),
      el("p", {}, say("Then the luck is yours and no machine’s. Tap each die until it shows what "
        + "yours shows.")),
      ...rolls(found.candidates, draw),
      el("p", { class: "acts" }, ready
        ? button(say("Watch it dealt"), app.try(() => watch(app, filters, section)),
          { class: "do" })
        : el("span", { class: "fine" }, say("All ten dice, then it is dealt."))));
    if (focus === "rolls") section.querySelector("#rolls").focus();
    else if (focus !== undefined) section.querySelectorAll(".die")[focus].focus();
  };
  draw();
  return [
    head("dice", say("Five dice"), say("Dealt on this device, by your own throws.")),
    el("div", { class: "split wide-start" },
      el("section", { class: "stack", "aria-label": say("What may be dealt") },
        await saying(app, found, filters)), section),
  ];
}

/** Where each turn lies on the line: its ticket as a part of all there are. */
function turnsOf(candidates, seed) {
  const turns = new Map();
  for (const line of linesOf(asDeck(candidates), seed)) {
    const at = parseInt(line.ticket.slice(0, 8), 16) / 0x100000000;
    if (!turns.has(line.turn)) turns.set(line.turn, { ticket: line.ticket, x: 4 + WIDE * at });
  }
  return [...turns.values()].sort((a, b) => (a.ticket < b.ticket ? -1 : 1));
}

const strokes = (marks) => marks.map(({ x }) => `M${x.toFixed(1)} 30v18`).join("");

function lot(turns, step, name) {
  const words = say("A line with %(all)s marks, one for each organiser; %(dealt)s are dealt.", {
    all: figure(turns.length), dealt: figure(step) });
  const now = step < turns.length && step > 0 ? turns[step - 1] : undefined;
  const x = now?.x ?? 0;
  const label = (at, y, text, anchor) =>
    svg("text", { x: at, y, "text-anchor": anchor }, text);
  return svg("svg", { class: "lot", viewBox: "0 0 340 84", role: "img", "aria-label": words },
    svg("path", { class: "axis", d: "M4 48h332", fill: "none" }),
    svg("path", { class: "far", d: strokes(turns.slice(step)) || "M0 0", fill: "none" }),
    svg("path", { class: "taken", d: strokes(turns.slice(0, Math.max(0, step - 1))) || "M0 0",
      fill: "none" }),
    now && [svg("path", { class: "now", d: `M${x.toFixed(1)} 24v26`, fill: "none" }),
      svg("path", { class: "pin", d: `M${x.toFixed(1)} 22l-5-8h10z` })],
    svg("g", { "font-size": "13" },
      now && label(x < 170 ? x + 9 : x - 9, 19, say("now: %(name)s", { name }), x < 170 ? "start"
        : "end"),
      label(4, 70, say("dealt first")), label(336, 70, say("dealt last"), "end")));
}

function slip(app, card, place) {
  const { one } = asNow(app, card);
  const { body } = one;
  const stub = el("div", { class: "stub" }, el("span", {}, weekday(dateIn(body.start, body.tz))),
    el("b", {}, body.all_day ? say("all day") : time(body.start, body.tz)));
  return el("li", {}, el("div", { class: `ticket s${(place % 5) + 1}` },
    el("div", { class: "body" }, el("span", { class: "by" }, theirs(organiser(app, one))),
      el("b", {}, theirs(body.title))), stub));
}

/** What happened at this step, in words. */
function happened(app, card, place, turns) {
  const { one } = asNow(app, card);
  const values = { ticket: paper(place), name: organiserWithin(app, one),
    num: figure(Math.max(1, turns - place)) };
  if (card.round > 1) {
    return say("Every organiser has had a turn; in this round %(name)s is next.", values);
  }
  const lies = say("Of %(num)s organisers still on the line, %(name)s lies leftmost: %(ticket)s.",
    values);
  const inAll = card.odds.series > 1 || card.odds.events > 1;
  const second = say("A second lot among their events chose this one.");
  return inAll ? `${lies} ${second}` : lies;
}

async function watch(app, filters, section) {
  const { hand, candidates, seed } = await rolled(app, filters, faces, app.now());
  const turns = turnsOf(candidates, seed);
  const { cards } = hand;
  let step = 0;
  const draw = async () => {
    const last = cards[step - 1];
    const left = cards.length - step;
    const focus = section.contains(document.activeElement);
    section.replaceChildren(el("h2", {}, say("Watch it dealt")),
      el("p", {}, say("Your dice scatter %(num)s organisers along this line, one mark each. They "
        + "are dealt from the left.", { num: figure(turns.length) })),
      lot(turns, step, last ? organiserWithin(app, asNow(app, last).one) : ""),
      el("ol", { class: "dealt" }, cards.slice(0,
        step).map((card, place) => slip(app, card, place)),
        left > 0 && el("li", { class: "back" },
          count("one more ticket, face down", "%(num)s more tickets, face down", left))),
      el("p", { class: "now-said", role: "status" }, last
        ? happened(app, last, step - 1, turns.length) : say("Nothing is dealt yet.")),
      el("p", { class: "acts" }, left > 0 && [
        button(say("Next ticket"), app.try(() => { step++; return draw(); })),
        button(say("Deal the rest"), app.try(() => { step = cards.length; return draw(); })),
      ]));
    if (!left) await finish();
    if (focus) section.querySelector(".acts button, .hand h2 a")?.focus();
  };
  const finish = async () => {
    const plan = await app.store.all("plan/");
    section.append(el("h2", {}, say("Your hand")), asOf(app), el("ol", { class: "hand" },
      cards.map((card, place) => ticket(app, card, place, plan, async () => { await draw(); }))),
    el("p", { class: "links" }, link("#check", say("Check it"))));
  };
  await draw();
}

