// The site without a node behind it: the deck, the draw and all that is kept are in this browser.
// Asked of the server are the files of the site, always all parts of the deck, and nothing else.
import { fetched, load, loaded, NoDeck, saidBy } from "./deck.js";
import { el, fine, link } from "./elements.js";
import { language, learn, marked, say, speak, tagFor } from "./language.js";
import { openStore } from "./store.js";
import { dateAndTime } from "./spoken.js";
import { dateIn } from "./times.js";

const ROOMS = [
  ["", marked("Hand")], ["plan", marked("Plan")], ["list", marked("List")],
  ["bring", marked("Bring one")], ["about", marked("About us")],
];
/** Each view is fetched when it is first looked at. */
const VIEWS = {
  "": ["today", ""], mine: ["mine", ""], dice: ["dice", ""], card: ["card", ""],
  check: ["checking", ""], plan: ["plan", "plan"], list: ["list", "list"],
  bring: ["bring", "bring"], about: ["about", "about"],
};
const TOLERANCE = 600;
const main = document.getElementById("main");

const now = () => Math.floor(Date.now() / 1000);

const newest = (file) => fetched(file, { cache: "no-cache" });

/** How far this device's clock is ahead of the server's, in seconds; 0 if that cannot be told. */
function aheadOf(answer, site) {
  const said = Date.parse(answer.headers.get("date") ?? "") / 1000;
  const cached = answer.headers.get("x-kept") !== null;
  const there = cached || Number.isNaN(said) ? 0 : now() - said;
  const behind = now() - site.published;
  if (Math.abs(there) > TOLERANCE) return there;
  return behind < -TOLERANCE ? behind : 0;
}

/** Whether this site shows a table's hand; where not, it opens with one's own. */
let hasTable = false;

/** The ways to a hand; `here` is the one that is shown. */
function ways(here) {
  const all = [
    ...(hasTable ? [["", say("The table’s"), say("same for all")]] : []),
    ["mine", say("My own"), say("my filters")], ["dice", say("Five dice"), say("you roll")],
  ];
  return el("nav", { class: "ways", "aria-label": say("Ways to a hand") },
    all.map(([name, word, small]) =>
      el("a", { href: `#${name}`, "aria-current": name === here && "page" },
        el("b", {}, word), el("span", { class: "fine" }, small))));
}

/** The head of a way to a hand: its title, what it is, the three ways, and `more` below. */
export const head = (here, title, lead, more) => el("div", { class: "head" },
  el("div", { class: "opening-row" },
    el("div", {}, el("h1", {}, title), el("p", { class: "lead" }, lead)), ways(here)), more);

/** From where distances are. */
export const origin = ({ site, here }) =>
  (here ? say("Distances are from where this device was when you set it.")
    : site.place && say("Distances are from %(name)s.", { name: site.place.name }));

export function asOf(app, ...more) {
  const { site } = app;
  const from = origin(app);
  return el("p", { class: "asof fine" }, el("span", {},
    say("As of %(date)s, %(time)s.", dateAndTime(site.published, site.tz)),
    from && [el("br"), from]), more);
}

function rail(app, room) {
  const nav = document.querySelector(".top nav");
  nav.setAttribute("aria-label", say("Rooms"));
  nav.replaceChildren(...ROOMS.map(([name, word]) =>
    el("a", { href: `#${name}`, "aria-current": room === name && "page" }, say(word))));
}

/** What a script says in the guest's language, beside what all say. */
async function learnFor(script) {
  const file = language().more[script];
  if (file) learn(script, await saidBy(await fetched(new URL(file, import.meta.url))));
}

/** A script that is fetched when it is first wanted, with what it says. Throws NoDeck. */
export async function late(script) {
  const [module] = await Promise.all([loaded(import(`./${script}.js`)), learnFor(script)]);
  return module;
}

/** What is wrong with the clock or the deck. */
async function notices(app) {
  if (!app.ahead && !app.deck.forged && !app.deck.unreadable) return [];
  return (await late("notices")).notices(app);
}

/** How often a view was asked for: one that comes late may not take the place of a later one. */
let shows = 0;

async function show(app, arrived) {
  const turn = ++shows;
  const [name, ...rest] = location.hash.slice(1).split("/");
  const [file, room] = VIEWS[name || (hasTable ? "" : "mine")] ?? VIEWS.mine;
  const view = await late(file);
  const nodes = await view.show(app, ...rest);
  const parts = [await notices(app), nodes].flat(Infinity);
  if (turn !== shows) return;
  rail(app, room);
  main.replaceChildren(...parts.filter(Boolean));
  view.shown?.();
  const title = main.querySelector("h1");
  document.title = `${title.textContent} - ${app.site.title}`;
  if (!arrived) return;
  scrollTo(0, 0);
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
}

/** What may go wrong while one looks at a view, in a sentence. */
async function failed(error) {
  const problem = await late("notices").then(({ problem: of }) => of(error), () => null);
  const words = problem ?? say("What belongs here could not be fetched. Are you connected?");
  main.prepend(el("p", { class: "notice", role: "alert" }, words));
  if (!(error instanceof NoDeck)) console.error(error);
}

async function speakAsAsked(site) {
  const asked = tagFor(navigator.languages ?? [], Object.keys(site.languages));
  const file = site.languages[asked.split("-")[0]] ?? site.languages[site.language];
  const words = await saidBy(await fetched(file));
  const tag = asked.includes("-") ? asked : words.tag;
  speak({ ...words, tag });
  document.documentElement.lang = tag;
  document.querySelector(".skip").textContent = say("Skip to the page");
  document.querySelector(".house .fine").textContent = site.town
    ? say("a Potluck site in %(town)s", { town: site.town }) : say("a Potluck site");
}

async function start() {
  const answer = await newest("site.json");
  const site = await saidBy(answer);
  await speakAsAsked(site);
  hasTable = Boolean(site.table);
  const store = await openStore(site.own_origin);
  const deck = await load(site, now());
  const app = { site, store, deck, now, ahead: aheadOf(answer, site), skipped: new Set() };
  app.again = async (key) => {
    await show(app, false);
    tabs?.postMessage("changed");
    (key && document.querySelector(`#t-${key} .stub button`))?.focus();
  };
  app.try = (work) => async (...args) => {
    try {
      await work(...args);
    } catch (error) {
      failed(error);
    }
  };
  const tabs = store.lasts && "BroadcastChannel" in globalThis ? new BroadcastChannel("potluck")
    : undefined;
  tabs?.addEventListener("message", app.try(() => show(app, false)));
  addEventListener("hashchange", app.try(() => show(app, true)));
  let shown = dateIn(now(), site.tz);
  document.addEventListener("visibilitychange", app.try(async () => {
    const today = dateIn(now(), site.tz);
    if (document.visibilityState !== "visible" || today === shown) return;
    shown = today;
    await show(app, false);
  }));
  await show(app, false);
  if (site.own_origin && isSecureContext && "serviceWorker" in navigator) {
    await navigator.serviceWorker.register("offline.js");
  }
}

/** A sentence for a store that forgets. */
export function forgets({ store }) {
  return !store.lasts && fine(
    say("What you keep here lasts until this page is closed."), " ",
    link("#about", say("Save it as a file")),
  );
}

start().catch(failed);
