// The whole list by day, drawn from nothing: manual mode.
import { asOf } from "./app.js";
import { grouped } from "./items.js";
import { el, link, theirs } from "./elements.js";
import { count, say } from "./language.js";
import { capital, time, written } from "./spoken.js";
import { cardAddress, organiser } from "./tickets.js";
import { dateIn } from "./times.js";

function line(app, one) {
  const { body } = one;
  const clock = body.all_day ? say("all day") : time(body.start, body.tz);
  return el("li", {}, link(cardAddress(one), el("b", {}, theirs(body.title)),
    el("span", { class: "fine" }, clock, " · ", theirs(organiser(app, one)),
      body.place && [" · ", theirs(body.place.name)])));
}

/** The events that are still to come, each once, by their beginning. */
function listed({ deck, now }) {
  const events = new Map();
  for (const one of deck.coming(now())) {
    const other = events.get(one.event);
    if (!other || one.host < other.host) events.set(one.event, one);
  }
  return [...events.values()].sort((a, b) =>
    a.body.start - b.body.start || (a.body.title < b.body.title ? -1 : 1));
}

export async function show(app) {
  const all = listed(app);
  const today = dateIn(app.now(), app.site.tz);
  const days = grouped(all, ({ body }) => dateIn(body.start, body.tz));
  return [
    el("div", { class: "head" }, el("h1", {}, say("The whole list")),
      el("p", { class: "lead" }, count("%(num)s event, by day.", "%(num)s events, by day.",
        all.length)),
      asOf(app)),
    el("div", { class: "days" }, [...days].map(([date, those]) => el("section", { class: "stack" },
      el("h2", {}, capital(written(date, today))),
      el("ul", { class: "lines" }, those.map((one) => line(app, one)))))),
  ];
}
