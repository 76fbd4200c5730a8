// A hand of one's own: filters as sentences, the hand below them, and what to change when nothing
// is left.
import { head } from "./app.js";
import { loaded } from "./deck.js";
import { button, el, fine, link } from "./elements.js";
import { rulesOf, sift } from "./filters.js";
import { bagOf, dealtToday, hat } from "./hands.js";
import { organisersIn } from "./items.js";
import { count, figure, say } from "./language.js";
import { changed, lineWords, readFilters, sentences, setFilters } from "./sentences.js";
import { dateIn } from "./times.js";

/** What deals and shows a hand. */
const dealing = () => loaded(import("./dealt.js"));

/** Once the page is read, that is fetched, so that it is there for a press, which asks again. */
export const shown = () => dealing().catch(() => {});

/** The sum under the sentences: who and what is left. */
function sum(found) {
  const organisers = organisersIn(found.candidates);
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
        app.try(async () => (await dealing()).dealFirst(app, filters)), { class: "do" }),
      el("a", { class: "button", href: "#dice" }, say("Roll dice instead"))));
  return [
    head("mine", say("My own hand"),
      say("Dealt on this device, for you alone. Nothing you set here leaves it.")),
    form, hands.length > 0 && (await (await dealing()).dealt(app, filters, hands)),
  ];
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
