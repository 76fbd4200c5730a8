// Deals a receipt's hand again in this browser, when asked to, and says what came of it.
import { differences } from "./differences.js";

const verdict = document.getElementById("verdict");
const words = verdict.dataset;
const button = document.getElementById("check");

const named = (what) => words[what] ?? words.card.replace("%(number)s", what.slice("card ".length));

async function check() {
  button.disabled = true;
  verdict.textContent = words.dealing;
  try {
    const answer = await fetch(words.receipt);
    const found = differences(await answer.json());
    verdict.textContent = found.length ? `${words.differs} ${found.map(named).join(", ")}` : words.same;
  } catch {
    verdict.textContent = words.failed;
  }
  button.disabled = false;
}

button.hidden = false;
button.addEventListener("click", check);
