// Dealing again, to see whether a hand follows from its lot and its list.
import { fetched, saidBy } from "./deck.js";
import { button, el, fine, link, save } from "./elements.js";
import { figure, say } from "./language.js";
import { differences } from "./differences.js";
import { sealOf } from "./seeds.js";
import { dateAndTime, longDate } from "./spoken.js";

function named(what) {
  const words = { seed: say("the lot"), dice: say("too few throws"),
    deck: say("two versions of one ticket"),
    commitment: say("the seal"), "another seal": say("the seal of the day before"),
    "another day": say("the day") };
  return words[what] ?? say("ticket %(number)s", { number: what.slice("card ".length) });
}

/** Deal a receipt again and show what came of it; `more` finds further differences. */
function check(app, receipt, more = () => []) {
  const found = [...differences(receipt), ...more(receipt)];
  const rows = receipt.hand.map((card, place) => {
    const one = app.deck.get(card.host, card.slot);
    const title = one?.body?.title ?? say("no longer on this list");
    const mark = found.includes(`card ${place + 1}`) ? say("differs") : say("the same");
    return el("li", {}, `${figure(place + 1)}. `, el("bdi", {}, title), ": ", mark);
  });
  return [
    el("p", {}, say("Dealt again from %(all)s tickets:",
      { all: figure(receipt.candidates.length) })),
    el("ol", { class: "lines" }, rows),
    el("p", { class: "now-said" }, found.length
      ? say("It differs in: %(what)s.", { what: found.map(named).join(", ") })
      : say("The same hand: it follows from this lot and this list.")),
    fine(say("This does not show that the list was complete.")),
  ];
}

function checked(app, work) {
  const result = el("div", { class: "stack", role: "status" });
  const start = button(say("Deal it again"), app.try(async () => {
    result.replaceChildren(...(await work()).flat());
  }));
  return [el("p", { class: "acts" }, start), result];
}

/** The table's hand of the day before, whose seed is open now. */
function yesterday(app) {
  const { yesterday: past } = app.site;
  if (!past) return el("p", {}, say("There is no earlier hand of this table to check."));
  const fetchReceipt = async () => saidBy(await fetched(past.receipt));
  const more = ({ seed, origin }) => [
    ...(past.seal && sealOf(seed) !== past.seal ? ["another seal"] : []),
    ...(origin.date !== past.date ? ["another day"] : [])];
  return [
    el("p", {}, say("The hand of %(date)s is open: anybody can deal it again.",
      { date: longDate(past.date) })),
    past.seal && el("p", { class: "fine" }, say("Its seal:"), " ",
      el("code", { dir: "ltr" }, past.seal)),
    checked(app, async () => check(app, await fetchReceipt(), more)),
    el("p", { class: "links" }, link(past.receipt, say("The receipt, for “potluck verify”"))),
  ];
}

function tables(app) {
  const { table, tomorrow } = app.site;
  const seal = (day) => day?.seal && el("p", { class: "fine" },
    say("The seal of %(date)s:", { date: longDate(day.date) }), " ",
    el("code", { dir: "ltr" }, day.seal));
  return el("section", { class: "stack" }, el("h2", {}, say("The table’s hand")),
    el("p", {}, say("The lot of a day is sealed the day before and opened the day after, so that "
      + "nobody can aim at it and everybody can check it.")),
    seal(table), seal(tomorrow),
    yesterday(app));
}

const KINDS = { solo: () => say("A hand of your own"), dice: () => say("Five dice") };

function own(app, { text, id, drawn }) {
  const receipt = JSON.parse(text);
  const { date, time } = dateAndTime(drawn, app.site.tz);
  return el("li", { class: "stack" },
    el("h3", {}, `${(KINDS[receipt.origin.kind] ?? KINDS.solo)()}, ${date}, ${time}`),
    checked(app, async () => check(app, receipt)),
    el("p", { class: "acts" }, button(say("Save the receipt"), () =>
      save(`receipt-${id.slice(0, 8)}.json`, "application/json", text))));
}

export async function show(app) {
  const receipts = [...(await app.store.all("receipt/")).values()].reverse();
  return [
    el("div", { class: "head" }, el("h1", {}, say("Check it")),
      el("p", { class: "lead" }, say("Deal a hand again, and see whether the same one comes."))),
    el("div", { class: "split" }, app.site.table && tables(app),
      el("section", { class: "stack" }, el("h2", {}, say("Your own hands")),
        receipts.length ? el("ol", { class: "out" },
          receipts.slice(0, 10).map((each) => own(app, each)))
          : el("p", {}, say("None yet.")),
        fine(say("A receipt holds the list that the hand was dealt from, and so what region you "
          + "asked about. “potluck verify” takes it.")))),
  ];
}

