// The blank ticket fills in while you write, and what was written is kept as a draft when you
// leave. Without it the page still works: "Keep as a draft" shows the ticket as it would be.
const form = document.getElementById("blank");
const show = (id, text) => { document.getElementById(id).textContent = text; };
let changed = false;

function day(value) {
  const date = new Date(`${value}T12:00`);
  if (Number.isNaN(date.valueOf())) return form.dataset.day;
  const parts = { weekday: "long", day: "numeric", month: "long" };
  if (!value.startsWith(form.dataset.year)) parts.year = "numeric";
  return date.toLocaleDateString(document.documentElement.lang, parts);
}

function fill() {
  changed = true;
  const data = new FormData(form);
  const price = data.get("price");
  show("p-title", data.get("title") || form.dataset.untitled);
  show("p-when", [day(data.get("day")), data.get("at")].filter(Boolean).join(", "));
  show("p-place", data.get("place") || form.dataset.place);
  show("p-price", price ? price.replace(/[^.!?…]$/, "$&.") : form.dataset.price);
  const picked = [...form.querySelectorAll(".pick :checked")];
  document.getElementById("p-marks").replaceChildren(...picked.map((box) => {
    const mark = document.createElement("span");
    mark.append(box.nextElementSibling.cloneNode(true), box.parentElement.textContent);
    return mark;
  }));
}

form.addEventListener("input", fill);
form.addEventListener("submit", () => { changed = false; });
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden" || !changed || !form.dataset.draft) return;
  const data = new URLSearchParams(new FormData(form));
  data.set("act", "draft");
  navigator.sendBeacon(form.dataset.draft, data);
});
