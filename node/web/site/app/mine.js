// A hand of one's own: filters as sentences, the hand below them.
import { head, late } from "./app.js";
import { button, el, fine } from "./elements.js";
import { dealtToday, hat } from "./hands.js";
import { organisersIn } from "./items.js";
import { count, figure, say } from "./language.js";
import { readFilters, sentences } from "./sentences.js";

/** What deals and shows a hand. */
const dealing = () => late("dealt");

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
  if (!hands.length && !found.candidates.length) {
    return (await late("emptied")).emptied(app, filters, found);
  }
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
