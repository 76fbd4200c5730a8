// A blank ticket: what a guest fills in becomes a code, a mail or a file here; nothing is sent.
import { button, el, fine, save, svg } from "./elements.js";
import { hex } from "./bytes.js";
import { calendar } from "./ics.js";
import { say } from "./language.js";
import { qr, qrPath } from "./qr.js";
import { written as dated } from "./spoken.js";
import { dateIn, moment } from "./times.js";

/** More is hard to scan from a screen. */
const MOST_IN_CODE = 800;
const uid = `${hex(crypto.getRandomValues(new Uint8Array(16)))}@potluck.guest`;

function field(name, label, more = {}, kind = "input") {
  const input = el(kind, { id: name, name, ...more });
  return el(more.inside ?? "p", { class: "field" }, el("label", { for: name }, label), input);
}

const yesNo = () => el("p", { class: "field" }, el("label", { for: "free" }, say("Step-free?")),
  el("select", { id: "free", name: "free" }, [["", say("Not said")], ["yes", say("Yes")],
    ["no", say("No")]]
    .map(([value, word]) => el("option", { value }, word))));

function blank() {
  const columns = (...fields) => el("div", { class: "cols" }, fields);
  return el("div", { class: "ticket blank-ticket" }, el("div", { class: "body" },
    field("who", say("Who organises it?"), { required: true, maxlength: 140 }),
    field("what", say("What is it?"), { required: true, maxlength: 140, class: "big" }),
    field("day", say("Which day?"), { required: true, type: "date" }),
    columns(field("at", say("From"), { required: true, type: "time" }),
      field("to", say("To, if you know"), { type: "time" })),
    field("place", say("Where?"), { required: true, maxlength: 140 }),
    columns(field("price", say("Price, in your words"), { maxlength: 60 }), yesNo()),
    field("about", say("About, if you like"), { maxlength: 1200 }, "textarea")),
  el("div", { class: "stub" }, el("p", { class: "odds" }, say("One ticket, like every organiser"),
    " ",
    el("span", { class: "tone" }, say("not in the hat yet")))));
}

/** The ticket as an event, once all that is needed is filled in. */
function written(form, { site, now }) {
  const said = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name,
    value.trim()]));
  if (!form.checkValidity()) return null;
  const start = moment(said.day, site.tz, said.at);
  let end = said.to ? moment(said.day, site.tz, said.to) : undefined;
  if (end !== undefined && end <= start) end += 86400;
  const body = {
    title: said.what, tz: site.tz, start, end, place: { name: said.place }, about: said.about
      || undefined,
    price: said.price || undefined, access: said.free ? { step_free: said.free === "yes" }
      : undefined,
  };
  return { said, event: { uid, body, issued: now(), organiser: said.who } };
}

function counter({ event, said }) {
  const short = { ...event, body: { ...event.body, about: undefined } };
  const whole = calendar([event]);
  const fits = whole.length <= MOST_IN_CODE;
  const rows = qr(fits ? whole : calendar([short]));
  const size = rows.length + 8;
  const words = say("QR code that holds the ticket: %(title)s, %(place)s", {
    title: said.what, place: said.place });
  return [
    svg("svg", { class: "qr", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": words },
      svg("path", { d: `M0 0h${size}v${size}h-${size}z`, fill: "#fff" }),
      svg("path", { d: qrPath(rows), fill: "#000" })),
    fine(say("The code is the ticket itself, not a link; it works without a network."),
      !fits && [" ", say("What it is about is too long for it and was left out.")]),
  ];
}

function mailOf({ said, event }, { site, now }) {
  const day = dated(said.day, dateIn(now(), site.tz));
  const lines = [said.what, said.who, `${day}, ${said.at}${said.to && `–${said.to}`}`,
    said.place, said.price, said.about].filter(Boolean).concat("", calendar([event]));
  const subject = encodeURIComponent(say("A ticket for the table"));
  const text = encodeURIComponent(lines.join("\r\n"));
  return `mailto:${site.mail ?? ""}?subject=${subject}&body=${text}`;
}

/** A name of its own: what is imported under one name takes the place of what was before. */
const fileOf = ({ event }) => `ticket-${event.uid.slice(0, 8)}.ics`;

function handing(code, mail, file) {
  const way = (title, words, ...more) =>
    el("li", {}, el("h3", {}, title), el("p", {}, words), ...more);
  return el("ol", { class: "out" },
    way(say("Across the counter"), say("They scan this from your screen."), code),
    way(say("By mail"), say(
      "Your mail app opens with the ticket written out. You press send, or not."), mail),
    way(say("As a file"), say("A calendar file. It also fits your own calendar."), file));
}

export function show(app) {
  const { title } = app.site;
  const out = el("div", { "aria-live": "polite" });
  const [code, mail] = [el("div"), el("a", { class: "button" }, say("Write the mail"))];
  const file = button(say("Save the ticket"), () => {
    const ticket = written(form, app);
    save(fileOf(ticket), "text/calendar", calendar([ticket.event]));
  });
  const ways = handing(code, mail, file);
  const over = el("p", { class: "notice" }, say("That day is over. Is it the right one?"));
  const missing = el("p", {},
    say("Fill in the ticket first: who, what, day, hour and place."));
  const form = el("form", { class: "split", onsubmit: (event) => event.preventDefault() },
    el("div", { class: "stack" }, blank(),
      fine(say("This page sends nothing. The ticket exists only here until you hand it over."))),
    el("section", { class: "stack" }, el("h2", {}, say("Hand it over")), over, out,
      el("h2", {}, say("What happens then")),
      el("p", {}, say("Somebody at %(title)s reads it. If they take it, it goes into the hat under "
        + "the name of who organises it. They may also say no.", { title }))));
  // What is clicked stays where it is: a button put anew between press and release is not clicked.
  const fill = () => {
    const ticket = written(form, app);
    if (ticket) {
      code.replaceChildren(...counter(ticket));
      mail.href = mailOf(ticket, app);
    }
    over.hidden = !ticket || ticket.event.body.start > app.now();
    const shown = ticket ? ways : missing;
    if (out.firstChild !== shown) out.replaceChildren(shown);
  };
  form.addEventListener("change", fill);
  fill();
  return [
    el("div", {}, el("h1", {}, say("Bring one")),
      el("p", { class: "lead" },
        say("Something is on that nobody announced? Fill in the blank ticket and hand it to "
        + "%(title)s.", { title }))),
    form,
  ];
}
