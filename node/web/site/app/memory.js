// What a guest keeps where the browser's own database may not be used: see store.js.

/** Kept until the page is closed, as store.js keeps it. */
export function inMemory() {
  const things = new Map();
  return {
    lasts: false,
    get: async (key) => things.get(key),
    async all(prefix) {
      const found = [...things].filter(([key]) => key.startsWith(prefix));
      return new Map(found.sort().map(([key, value]) => [key.slice(prefix.length), value]));
    },
    put: async (key, value) => void things.set(key, value),
    async first(key, value) {
      if (!things.has(key)) things.set(key, value);
      return things.get(key);
    },
    delete: async (key) => void things.delete(key),
    clear: async () => things.clear(),
  };
}
