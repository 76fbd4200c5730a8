// What a guest keeps: in this browser's own database, or, where that is denied or other sites share
// its storage, in memory until the page is closed. Keys are text such as "plan/HOST+SLOT".
import { loaded } from "./deck.js";

const NAME = "potluck";
const THINGS = "things";

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = (event) => {
    event.preventDefault();
    reject(request.error);
  };
});

/** Kept in the browser: `all` are the values whose keys begin so, by the rest of the key. */
function inBrowser(database) {
  const open = (mode) => database.transaction(THINGS, mode).objectStore(THINGS);
  const things = () => open("readonly");
  const changing = () => open("readwrite");
  const get = (key) => done(things().get(key));
  return {
    lasts: true,
    get,
    async all(prefix) {
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
      const [from, { length }] = [things(), prefix];
      const [keys, values] = await Promise.all([done(from.getAllKeys(range)),
        done(from.getAll(range))]);
      return new Map(keys.map((key, at) => [key.slice(length), values[at]]));
    },
    put: (key, value) => done(changing().put(value, key)),
    /** Keep a value under a new key; what is there already, perhaps by another tab, stays. */
    first: (key, value) => done(changing().add(value, key)).then(() => value, () => get(key)),
    delete: (key) => done(changing().delete(key)),
    clear: () => done(changing().clear()),
  };
}

const inMemory = async () => (await loaded(import("./memory.js"))).inMemory();

/** The browser's store, or one in memory if it may not be used. */
export async function openStore(ownOrigin) {
  if (!ownOrigin) return inMemory();
  try {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(THINGS);
    const database = await done(opening);
    database.onversionchange = () => database.close();
    return inBrowser(database);
  } catch {
    return inMemory();
  }
}

/** What a card is called in the plan. */
export const keptKey = ({ host, slot }) => host + slot;

/** Keep a card in the plan, or take it out. */
export async function answer(store, card, kept) {
  const key = `plan/${keptKey(card)}`;
  const { host, slot, id, encoded } = card;
  await (kept ? store.put(key, { host, slot, id, encoded }) : store.delete(key));
}
