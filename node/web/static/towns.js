// Offers towns of the node's own gazetteer as buttons while one writes. Without it the name is
// written out, and what it may mean is asked back.
const zones = new Map();

function showZone(input) {
  const shown = document.getElementById(input.dataset.zone);
  const zone = zones.get(input.value);
  if (shown && zone) shown.textContent = shown.dataset.zoneWords.replace("%(zone)s", zone);
}

function button(input, offered, label) {
  const one = document.createElement("button");
  one.type = "button";
  one.textContent = label;
  one.addEventListener("click", () => {
    input.value = label;
    offered.replaceChildren();
    showZone(input);
    input.focus();
  });
  return one;
}

async function suggest(input, offered) {
  const asked = input.value;
  const answer = await fetch(`/towns?q=${encodeURIComponent(asked)}`);
  if (!answer.ok || input.value !== asked) return;
  const towns = await answer.json();
  for (const town of towns) zones.set(town.label, town.tz);
  offered.replaceChildren(...towns.map((town) => button(input, offered, town.label)));
}

for (const input of document.querySelectorAll("[data-towns]")) {
  const offered = document.createElement("span");
  offered.className = "pick";
  offered.role = "group";
  offered.ariaLabel = input.dataset.towns;
  input.after(offered);
  let waiting;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(suggest, 150, input, offered);
  });
}
