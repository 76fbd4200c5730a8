// What one has kept, by day; kept in this browser, and no server knows.
import { forgets } from "./app.js";
import { grouped } from "./items.js";
import { button, el, fine, link, save, theirs } from "./elements.js";
import { answer, keptKey } from "./store.js";
import { asEvent, calendar } from "./ics.js";
import { say } from "./language.js";
import { capital, time, written } from "./spoken.js";
import { asNow, cardAddress, hostName, named, organiser, stateOf, STATES } from "./tickets.js";
import { dateIn } from "./times.js";

const NO_DATE = "9999";

function changes({ changed, one, then }) {
  if (!changed || !then?.body) return null;
  const words = [];
  const was = (now, before) => [el("ins", {}, now), ", ", say("was"), " ", el("del", {}, before)];
  const [now, before] = [one.body, then.body];
  if (now.start !== before.start && now.start !== undefined && before.start !== undefined) {
    const day = ({ start, tz }) => dateIn(start, tz);
    const when = (body, other) => [written(day(body), day(other)),
      !body.all_day && time(body.start, body.tz)].filter(Boolean).join(", ");
    words.push([say("Begins"), " ", was(when(now, before), when(before, now))]);
  }
  if (now.place?.name !== before.place?.name) {
    words.push([say("Place"), " ", was(now.place?.name ?? "–", before.place?.name ?? "–")]);
  }
  return words.length > 0 && fine(words.map((each, at) => [at > 0 && "; ", each]), ".");
}

function row(app, now, place) {
  const { one, state, card } = now;
  const { body } = one;
  const clock = body.start === undefined ? "–" : body.all_day ? say("all day")
    : time(body.start, body.tz);
  const isVoid = ["cancelled", "withdrawn"].includes(state);
  const said = changes(now);
  const band = isVoid ? say(STATES[state]) : said && say("Changed");
  return el("article", { class: `ticket row s${(place % 5) + 1}${isVoid ? " void" : ""}` },
    band && el("div", { class: "band" }, el("b", {}, band), said),
    el("div", { class: "body" }, el("p", { class: "by" }, theirs(organiser(app, one))),
      el("h3", {}, link(cardAddress(one), theirs(body.title))), state === "gone" && stateOf(state),
      body.place && fine(theirs(body.place.name)),
      one.source && fine(say("imported by %(name)s", { name: hostName(app, one.host) })),
      el("p", { class: "acts" }, button(say("Put back"), app.try(async () => {
        await answer(app.store, card, false);
        await app.again();
      }), named(say("Put back"), body.title)))),
    el("div", { class: "stub" }, el("b", {}, clock)));
}

/** What is kept, as it is now, by day. */
async function kept(app) {
  const cards = [...(await app.store.all("plan/")).values()];
  const all = cards.map((card) => ({ card, ...asNow(app, card) })).filter(({ one }) => one?.body);
  const at = ({ one: { body } }) => body.start ?? Infinity;
  return all.sort((a, b) => at(a) - at(b) || (keptKey(a.card) < keptKey(b.card) ? -1 : 1));
}

export async function show(app) {
  const all = await kept(app);
  if (!all.length) {
    return [el("h1", {}, say("Nothing kept yet")),
      el("p", { class: "lead" }, say("Keep a ticket, and it waits here.")),
      el("p", { class: "acts" }, el("a", { class: "button", href: "#" }, say("Today’s hand")))];
  }
  const days = grouped(all, ({ one: { body } }) =>
    (body.start === undefined ? NO_DATE : dateIn(body.start, body.tz)));
  const today = dateIn(app.now(), app.site.tz);
  let place = 0;
  return [
    el("div", { class: "head" }, el("h1", {}, say("Your plan")),
      el("p", { class: "lead" }, say("It is kept on this device; no server knows it."))),
    el("div", { class: "days" }, [...days].map(([date, those]) => el("section", { class: "stack" },
      el("h2", {}, date === NO_DATE ? say("Without a date yet") : capital(written(date, today))),
      those.map((now) => row(app, now, place++))))),
    el("p", { class: "acts" }, button(say("Save all as a calendar file"), () => {
      const dated = all.filter(({ one, state }) => one.body.start !== undefined
        && state !== "withdrawn");
      save("potluck.ics", "text/calendar", calendar(dated.map(({ one }) => asEvent(one))));
    })),
    forgets(app),
  ];
}
