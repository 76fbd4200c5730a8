// A day without a table's hand, and why.
import { asOf, head } from "./app.js";
import { el, link } from "./elements.js";
import { marked, say } from "./language.js";
import { longDate } from "./spoken.js";
import { dateIn } from "./times.js";

const WHY = {
  uncommitted: marked("No seal of today’s hand stood here yesterday, so that it is not shown."),
  late: marked("The node was not up at midnight, so that it dealt no hand for everybody."),
  empty: marked("At midnight there was nothing to deal."),
};

function none(app) {
  const { table } = app.site;
  const today = dateIn(app.now(), app.site.tz);
  const date = longDate(table.date);
  if (table.date !== today) {
    return say("This page is from %(date)s. The table’s hand of another day is not shown.",
      { date });
  }
  return say(WHY[table.why]);
}

export function withoutHand(app) {
  return [
    head("", say("No table hand today"), none(app), asOf(app)),
    el("p", { class: "acts" }, link("#mine", say("Deal my own"))),
  ];
}
