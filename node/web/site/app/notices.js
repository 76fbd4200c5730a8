// What is wrong, in a sentence: with the clock, the deck, or what a guest just did.
import { NoDeck } from "./deck.js";
import { el } from "./elements.js";
import { marked, say } from "./language.js";
import { measure } from "./spoken.js";

const PROBLEMS = {
  broken: marked("The list of events came damaged or cut off, so nothing is dealt from it. Load "
    + "the page again."),
  network: marked("The list of events is of another network than this page, so nothing is dealt "
    + "from it."),
};
const SPANS = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

/** So many seconds in days, hours or minutes, whichever are at least two. */
function duration(seconds) {
  const [unit, size] = SPANS.find((span) => seconds >= 2 * span[1]) ?? SPANS.at(-1);
  return measure(Math.round(seconds / size), unit, "long");
}

function clockNotice({ ahead }) {
  if (!ahead) return null;
  const off = { time: duration(Math.abs(ahead)) };
  const words = ahead > 0
    ? say("This device’s clock is %(time)s ahead: days and hours here may be wrong.", off)
    : say("This device’s clock is %(time)s behind: days and hours here may be wrong.", off);
  return el("p", { class: "notice", role: "alert" }, words);
}

function deckNotice({ deck }) {
  const words = [];
  if (deck.forged) words.push(say("A ticket was thrown away: its signature does not hold."));
  if (deck.unreadable) words.push(say("Some of the list could not be read and was left out."));
  return words.length > 0 && el("p", { class: "notice", role: "status" }, words.join(" "));
}

export const notices = (app) => [clockNotice(app), deckNotice(app)];

/** What went wrong; undefined where a file could not be fetched. */
export function problem(error) {
  if (error instanceof NoDeck) return PROBLEMS[error.message] && say(PROBLEMS[error.message]);
  return error?.name === "QuotaExceededError"
    ? say("This browser has no room left to keep anything.")
    : say("Something broke here. Load the page again.");
}
