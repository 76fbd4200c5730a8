// A calendar file of events: iCalendar (RFC 5545), lines folded at 75 bytes.
import { utf8 } from "./bytes.js";
import { addDays, dateIn } from "./times.js";

const escaped = (text) => text.replace(/([\\;,])/g, "\\$1").replace(/\r?\n/g, "\\n");
const stamp = (seconds) => new Date(1000 * seconds).toISOString().replace(/[-:]|\.\d+/g, "");
const day = (date) => date.replaceAll("-", "");

function folded(line) {
  const lines = [];
  let part = "";
  for (const character of line) {
    if (utf8(part + character).length > (lines.length ? 74 : 75)) {
      lines.push(part);
      part = "";
    }
    part += character;
  }
  return [...lines, part].join("\r\n ");
}

function times({ start, end, all_day: allDay, tz }) {
  if (!allDay) return [`DTSTART:${stamp(start)}`, end > start && `DTEND:${stamp(end)}`];
  const last = end > start ? dateIn(end - 1, tz) : dateIn(start, tz);
  return [`DTSTART;VALUE=DATE:${day(dateIn(start, tz))}`,
    `DTEND;VALUE=DATE:${day(addDays(last, 1))}`];
}

const needs = (access) =>
  Object.entries(access).map(([need, answer]) => `${need}=${answer ? "yes" : "no"}`).join();

function vevent({ uid, revision, status, body, issued, organiser }) {
  const { place } = body;
  return [
    "BEGIN:VEVENT", `UID:${uid}`, `DTSTAMP:${stamp(issued)}`, revision && `SEQUENCE:${revision}`,
    ...times(body), `SUMMARY:${escaped(body.title)}`,
    place && `LOCATION:${escaped([place.name, place.address].filter(Boolean).join(", "))}`,
    place?.lat !== undefined && !place.uncertainty && `GEO:${place.lat};${place.lon}`,
    body.about && `DESCRIPTION:${escaped(body.about)}`, body.url && `URL:${body.url}`,
    organiser && `ORGANIZER;CN="${organiser.replaceAll('"', "'")}":invalid:nomail`,
    body.price && `X-COST:${escaped(body.price)}`, body.access
      && `X-POTLUCK-ACCESS:${needs(body.access)}`,
    status === "cancelled" && "STATUS:CANCELLED", "END:VEVENT",
  ];
}

/** The text of a calendar with these events: {uid, body, issued, revision, status, organiser}. */
export function calendar(events) {
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Potluck//site//EN",
    ...events.flatMap(vevent), "END:VCALENDAR"];
  return `${lines.filter(Boolean).map(folded).join("\r\n")}\r\n`;
}

/** An announcement as `calendar` takes it. */
export const asEvent = ({ host, slot, revision, status, body, issued, source }) =>
  ({ uid: `${host}-${slot}@potluck`, revision, status, body, issued, organiser: source });
