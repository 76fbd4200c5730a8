// All that is kept, as a file: out and in again.
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
