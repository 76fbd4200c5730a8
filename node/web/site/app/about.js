// Whose site this is, what its host can see and do, and all that is kept here: out, in, and away.
import { button, el, fine, link, save } from "./elements.js";
import { exported, restore } from "./export.js";
import { say } from "./language.js";

function keeping(app) {
  const status = el("p", { class: "fine", role: "status" });
  const file = el("input", { type: "file", id: "restore", accept: "application/json,.json",
    onchange: app.try(async () => {
      const done = await restore(app.store, await file.files[0].text());
      status.textContent = done ? say("It is back.")
        : say("This file is not one that was saved here.");
    }) });
  return el("section", { class: "stack" }, el("h2", {}, say("What is kept here")),
    el("p", {}, app.store.lasts
      ? say("Your plan, your filters, what was dealt to you and the last 60 receipts are in this "
        + "browser and nowhere else.")
      : say("Your plan, your filters and what was dealt to you are kept until this page is closed: "
        + "this address shares its storage with other sites, or this browser denies it.")),
    el("p", { class: "acts" },
      button(say("Save it as a file"), app.try(async () =>
        save("potluck-guest.json", "application/json", await exported(app.store)))),
      button(say("Erase it all"), app.try(async () => {
        await app.store.clear();
        app.skipped.clear();
        status.textContent = say("Nothing is kept here now.");
      }))),
    el("p", { class: "field" }, el("label", { for: "restore" }, say("Put back a saved file")),
      file),
    fine(say("Whoever has the file can read your plan and deal your hands of the days to come.")),
      status);
}

export async function show(app) {
  const { site } = app;
  return [
    el("div", { class: "head" }, el("h1", {}, say("About this site")),
      el("p", { class: "lead" }, site.keeper
        ? say("%(title)s is run by %(keeper)s.", { title: site.title, keeper: site.keeper })
        : say("Who runs %(title)s is not said.", { title: site.title }))),
    el("div", { class: "split" },
      el("section", { class: "stack" }, el("h2", {}, say("What its host can see and do")),
        el("p", {}, say("It sees when which address fetched the page and its list of events, "
          + "always the whole list. It does not see what you keep, skip or open, nor your filters, "
          + "your place or your hands.")),
        el("p", {}, say("It can leave events out, and it can change the code of this page. That a "
          + "hand follows from its lot, and who signed an event, can be checked.")),
        el("p", { class: "links" }, link("#check", say("Check it"))),
        site.mail && el("p", {}, say("Write to"), " ", link(`mailto:${site.mail}`, site.mail))),
      keeping(app)),
  ];
}
