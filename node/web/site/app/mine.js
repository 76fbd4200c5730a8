// A hand of one's own: filters as sentences, the hand below them, and what to change when nothing
// is left.
import { asOf, forgets, head } from "./app.js";
import { button, el, fine, link } from "./elements.js";
import { organisersIn } from "./dealing.js";
import { rulesOf, sift } from "./filters.js";
import { bagOf, dealtToday, hat, mayRedraw, onTable } from "./hands.js";
import { count, figure, say } from "./language.js";
import { changed, lineWords, readFilters, sentences, setFilters } from "./sentences.js";
import { ticket } from "./tickets.js";
import { dateIn } from "./times.js";

const ORDER_SEED = "00".repeat(32);

function refuse(error) {
  const words = error.message === "sets"
    ? say("You looked at today’s hand with three sets of filters already. A new one comes after "
      + "midnight; dice deal at any time.")
    : say("That was today’s hand: no redraw is left. A new hand comes after midnight.");
  document.querySelector(".hat")?.prepend(el("p", { class: "notice", role: "alert" }, words));
}

/** A press that deals, by `mine` or `redraw`; what deals is fetched while the page is read. */
function dealing(app, filters, way) {
  const drawing = import("./drawing.js");
  drawing.catch(() => {}); // The press says it.
  return app.try(async () => {
    const { [way]: draw, NoHand } = await drawing;
    try {
      await draw(app, filters, app.now());
      await app.again();
      document.querySelector(".hand, .hides")?.scrollIntoView();
    } catch (error) {
      if (!(error instanceof NoHand)) throw error;
      refuse(error);
    }
  });
}

/** The sum under the sentences: who and what is left. */
function sum(found) {
  const organisers = organisersIn(found.candidates, ORDER_SEED);
  return el("li", { class: "sum" },
    el("span", {}, count("In the hat: %(num)s organiser", "In the hat: %(num)s organisers",
      organisers)),
    el("span", {}, count("%(num)s event", "%(num)s events", found.events)));
}

/** The sentences with what each hides, and what is left: also the beginning of a roll of dice. */
export async function saying(app, found, filters) {
  const all = new Set(found.coming.map((one) => one.event)).size;
  return el("ul", { class: "says" },
    el("li", { class: "top-line" },
      el("span", {}, count("%(num)s event on this list", "%(num)s events on this list", all)),
      el("span", { class: "hid" }, say("hidden"))),
    sentences(app, filters, found),
    found.hidden.bag > 0 && el("li", {}, el("span", { class: "say" }, say("dealt to you before")),
      el("span", { class: "hid" }, `− ${figure(found.hidden.bag)}`)),
    sum(found));
}

export async function show(app) {
  const filters = await readFilters(app);
  const found = await hat(app, filters, app.now());
  const hands = await dealtToday(app, filters, app.now());
  if (!hands.length && !found.candidates.length) return empty(app, filters, found);
  const form = el("section", { class: "stack hat", "aria-label": say("What may be dealt") },
    await saying(app, found, filters),
    fine(say("A sentence hides events; it never sorts them. Each event is counted once, at the "
      + "first that hid it.")),
    found.spent && fine(say("Everything was dealt once, so the hat was filled again.")),
    el("p", { class: "acts" },
      !hands.length && button(say("Deal %(number)s", { number: figure(app.site.hand) }),
        dealing(app, filters, "mine"), { class: "do" }),
      el("a", { class: "button", href: "#dice" }, say("Roll dice instead"))));
  return [
    head("mine", say("My own hand"),
      say("Dealt on this device, for you alone. Nothing you set here leaves it.")),
    form, hands.length > 0 && (await dealt(app, filters, hands)),
  ];
}

async function dealt(app, filters, hands) {
  const plan = await app.store.all("plan/");
  const again = hands.length === 1 && (await mayRedraw(app, app.now()));
  return [
    el("h2", {}, say("Today’s hand of yours")), asOf(app),
    el("ol", { class: "hand" },
      onTable(hands).map((card, place) => ticket(app, card, place, plan, app.again))),
    el("section", { class: "stack" }, el("h2", {}, say("That was today’s hand.")),
      again
        ? el("p", {}, say("You may deal once more today, in place of what is not kept."))
        : el("p", {}, say("The next one comes after midnight.")),
      el("p", { class: "acts" },
        again && button(say("Deal once more"), dealing(app, filters, "redraw")),
        el("a", { class: "button", href: "#check" }, say("Check it"))),
      forgets(app)),
  ].flat();
}

/** What hid what, each with its way back; a button says what this one change alone would leave. */
async function empty(app, filters, found) {
  const now = app.now();
  const bag = await bagOf(app.store, dateIn(now, app.site.tz));
  const left = (other, without = bag) =>
    sift(found.coming, rulesOf(other, now, app.site.tz, without)).events;
  const change = (word, other) => {
    const events = left(other);
    if (!events) return null;
    return button([word, " ", el("span", {}, count("%(num)s event", "%(num)s events", events))],
      app.try(() => setFilters(app, other)));
  };
  const lines = Object.entries(found.hidden).filter(([, hidden]) => hidden > 0)
    .map(([name, hidden]) => {
    const unsaid = found.unsaid[name];
    return el("li", {},
      el("p", { class: "line" }, el("span", {}, lineWords(app, filters, name)),
        el("b", {}, `− ${figure(hidden)}`)),
      unsaid > 0 && fine(count("One of them does not say.", "%(num)s of them do not say.", unsaid)),
      el("p", { class: "acts" }, changed(filters,
        name).map(([word, other]) => change(word, other))));
  });
  const all = new Set(found.coming.map((one) => one.event)).size;
  return [
    head("mine", say("Nothing left in the hat."), all
      ? say("Your sentences hid every event there is. Take one of them back?")
      : say("There is no event on this list that is still to come.")),
    el("div", { class: "stack hat" }, el("ol", { class: "hides" },
      el("li", {}, el("p", { class: "line" }, el("span", {}, say("On this list, still to come")),
        el("b", {}, figure(all)))), lines),
    fine(say("A button says what would be in the hat if only that sentence changed.")),
    el("p", { class: "links" }, app.site.table && link("#", say("The table’s hand")),
      link("#list", say("Read the whole list")))),
  ];
}
