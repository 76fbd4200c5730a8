// Says in one quiet line what arrives while the page is open and seen. Without it the page lacks
// nothing.
const line = document.querySelector("[data-live]");
let source;

function listen() {
  source?.close();
  if (document.visibilityState === "hidden") return;
  source = new EventSource(line.dataset.live);
  source.addEventListener("line", (event) => { line.textContent = JSON.parse(event.data).text; });
  source.addEventListener("end", () => { source.close(); });
  source.addEventListener("ready", () => { location.reload(); });
}

document.addEventListener("visibilitychange", listen);
addEventListener("pagehide", () => { source?.close(); });
addEventListener("pageshow", listen);
