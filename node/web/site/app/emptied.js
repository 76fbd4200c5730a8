// An empty hat: what hid what, each with its way back.
import { head } from "./app.js";
import { button, el, fine, link } from "./elements.js";
import { rulesOf, sift } from "./filters.js";
import { bagOf } from "./hands.js";
import { count, figure, say } from "./language.js";
import { changed, lineWords, setFilters } from "./sentences.js";
import { dateIn } from "./times.js";

/** A button says what this one change alone would leave. */
export async function emptied(app, filters, found) {
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
