// What a guest keeps: in this browser's own database, or, where that is denied or other sites share
// its storage, in memory until the page is closed. Keys are text such as "plan/HOST+SLOT".

const NAME = "potluck";
const THINGS = "things";

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = (event) => {
    event.preventDefault();
    reject(request.error);
  };
});

class InBrowser {
  constructor(database) {
    this.database = database;
    this.lasts = true;
  }

  things(mode = "readonly") {
    return this.database.transaction(THINGS, mode).objectStore(THINGS);
  }

  get(key) {
    return done(this.things().get(key));
  }

  /** All values whose keys begin so, by the rest of the key. */
  async all(prefix) {
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    const things = this.things();
    const [keys, values] = await Promise.all([done(things.getAllKeys(range)),
      done(things.getAll(range))]);
    return new Map(keys.map((key, at) => [key.slice(prefix.length), values[at]]));
  }

  put(key, value) {
    return done(this.things("readwrite").put(value, key));
  }

  /** Keep a value under a new key; the one that is there already, perhaps by another tab, stays. */
  async first(key, value) {
    try {
      await done(this.things("readwrite").add(value, key));
      return value;
    } catch {
      return this.get(key);
    }
  }

  delete(key) {
    return done(this.things("readwrite").delete(key));
  }

  clear() {
    return done(this.things("readwrite").clear());
  }
}

export class InMemory {
  constructor() {
    this.things = new Map();
    this.lasts = false;
  }

  async get(key) {
    return this.things.get(key);
  }

  async all(prefix) {
    const found = [...this.things].filter(([key]) => key.startsWith(prefix));
    return new Map(found.sort().map(([key, value]) => [key.slice(prefix.length), value]));
  }

  async put(key, value) {
    this.things.set(key, value);
  }

  async first(key, value) {
    if (!this.things.has(key)) this.things.set(key, value);
    return this.things.get(key);
  }

  async delete(key) {
    this.things.delete(key);
  }

  async clear() {
    this.things.clear();
  }
}

/** The browser's store, or one in memory if it may not be used. */
export async function openStore(ownOrigin) {
  if (!ownOrigin) return new InMemory();
  try {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(THINGS);
    const database = await done(opening);
    database.onversionchange = () => database.close();
    return new InBrowser(database);
  } catch {
    return new InMemory();
  }
}

const FORM = "potluck-guest-1";

/** All that is kept, as text that `restore` takes. */
export async function exported(store) {
  return JSON.stringify({ form: FORM, things: Object.fromEntries(await store.all("")) }, null, 1);
}

/** Put back what was exported, in place of what is kept under the same keys. False for others. */
export async function restore(store, text) {
  let read;
  try {
    read = JSON.parse(text);
  } catch {
    return false;
  }
  const things = read?.form === FORM && read.things;
  if (!things || typeof things !== "object" || Array.isArray(things)) return false;
  for (const [key, value] of Object.entries(things)) await store.put(key, value);
  return true;
}

/** What a card is called in the plan. */
export const keptKey = ({ host, slot }) => host + slot;

/** Keep a card in the plan, or take it out. */
export async function answer(store, card, kept) {
  const key = `plan/${keptKey(card)}`;
  const { host, slot, id, encoded } = card;
  await (kept ? store.put(key, { host, slot, id, encoded }) : store.delete(key));
}
