// The day's hand of one's own: dealt at a press, and shown.
import { asOf, forgets } from "./app.js";
import { mine, NoHand, redraw } from "./drawing.js";
import { button, el } from "./elements.js";
import { mayRedraw, onTable } from "./hands.js";
import { say } from "./language.js";
import { ticket } from "./tickets.js";

function refuse(error) {
  const words = error.message === "sets"
    ? say("You looked at today’s hand with three sets of filters already. A new one comes after "
      + "midnight; dice deal at any time.")
    : say("That was today’s hand: no redraw is left. A new hand comes after midnight.");
  document.querySelector(".hat")?.prepend(el("p", { class: "notice", role: "alert" }, words));
}

async function deal(app, draw, filters) {
  try {
    await draw(app, filters, app.now());
    await app.again();
    document.querySelector(".hand, .hides")?.scrollIntoView();
  } catch (error) {
    if (!(error instanceof NoHand)) throw error;
    refuse(error);
  }
}

export const dealFirst = (app, filters) => deal(app, mine, filters);

export async function dealt(app, filters, hands) {
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
        again && button(say("Deal once more"), app.try(() => deal(app, redraw, filters))),
        el("a", { class: "button", href: "#check" }, say("Check it"))),
      forgets(app)),
  ].flat();
}
