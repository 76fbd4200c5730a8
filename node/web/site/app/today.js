// Today's table hand: dealt by the node at midnight, the same for everybody; no redraw.
import { asOf, forgets, head, late } from "./app.js";
import { el, fine, link } from "./elements.js";
import { count, say } from "./language.js";
import { longDate } from "./spoken.js";
import { signed } from "./signatures.js";
import { ticket } from "./tickets.js";
import { dateIn } from "./times.js";
import { hex } from "./bytes.js";

/** The cards of the table's hand that are in the deck and whose signatures hold. */
function cardsOf({ site, deck }) {
  return site.table.cards.flatMap((card) => {
    const one = signed(deck, card.host, card.slot);
    return !one?.body ? [] : [{ ...card, event: one.event, encoded: hex(one.encoded) }];
  });
}

export async function show(app) {
  const { site, store, now } = app;
  const { table } = site;
  if (!table.cards.length || table.date !== dateIn(now(), site.tz)) {
    return (await late("handless")).withoutHand(app);
  }
  const plan = await store.all("plan/");
  const cards = cardsOf(app);
  const drawn = count("One event drawn by lot.",
    "%(num)s events drawn by lot, each organiser one ticket.", table.cards.length);
  const lead = say("%(date)s. %(drawn)s Whoever looks today is dealt the same.",
    { date: longDate(table.date), drawn });
  const gone = table.cards.length - cards.length;
  return [
    head("", say("Today’s hand"), lead, asOf(app, link("#check", say("Check it")))),
    el("ol", { class: "hand" },
      cards.map((card, place) => ticket(app, card, place, plan, app.again))),
    gone > 0 && fine(count("One ticket of this hand is no longer on the list.",
      "%(num)s tickets of this hand are no longer on the list.", gone)),
    end(app),
  ];
}

function end(app) {
  const organisers = app.site.table.cards[0]?.odds.organisers ?? 0;
  return el("div", { class: "split" },
    el("div", { class: "stack" }, el("h2", {}, say("That was today’s hand.")),
      el("p", {}, say("The next one comes after midnight. If none of these is for you, deal one of "
        + "your own; nobody learns of it.")),
      el("p", { class: "acts" }, el("a", { class: "button", href: "#mine" }, say("Deal my own"))),
      forgets(app)),
    el("div", { class: "stack" },
      el("p", {}, count("%(num)s organiser had a ticket.",
        "%(num)s organisers had one ticket each, however much they announce.", organisers), " ",
      say("No ticket was weighed, sold or chosen for you. The lot was sealed yesterday and is "
        + "opened tomorrow, so that nobody can aim at it.")),
      fine(say("The page came to you whole. Its host sees when which address fetched it, and "
        + "nothing of what you keep, skip or open.")),
      el("p", { class: "links" }, link("#check", say("Check it")),
        link("#list", say("Read the whole list")))));
}
