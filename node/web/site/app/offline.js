// The service worker: what was fetched once is there without a network. The newest site.json comes
// first; what is named by its digest never changes.
const KEPT = "potluck";
const scope = new URL(self.registration.scope);

async function keep(request, answer) {
  const cache = await caches.open(KEPT);
  const headers = new Headers(answer.headers);
  headers.set("x-kept", "1");
  const body = await answer.clone().blob();
  await cache.put(request, new Response(body, { status: answer.status, headers }));
}

async function fresh(event) {
  try {
    const answer = await fetch(event.request);
    if (answer.ok) event.waitUntil(keep(event.request, answer));
    return answer;
  } catch (error) {
    const kept = await caches.match(event.request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}

async function once(event) {
  return (await caches.match(event.request)) ?? fresh(event);
}

async function forget(parts) {
  const cache = await caches.open(KEPT);
  for (const request of await cache.keys()) {
    const file = new URL(request.url).pathname.slice(scope.pathname.length);
    if (file.startsWith("deck/") && !parts.includes(file)) await cache.delete(request);
  }
}

const json = async (file) => (await fetch(file)).json();

/** Keep the page as it was first fetched, before this worker was there, and all of the app. */
async function prepare() {
  const parts = (await json("site.json")).deck.map(({ file }) => file);
  for (const file of ["./", "site.json", ...await json("offline.json"), ...parts]) {
    const answer = await fetch(file);
    if (answer.ok) await keep(new Request(new URL(file, scope)), answer);
  }
  await forget(parts);
}

self.addEventListener("install", (event) => event.waitUntil(prepare()
  .then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method !== "GET" || !url.startsWith(scope.href)) return;
  const file = new URL(url).pathname.slice(scope.pathname.length);
  event.respondWith(/^(app|deck)\//.test(file) ? once(event) : fresh(event));
});
