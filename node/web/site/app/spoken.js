// Times, places and facts in words, as the node's page says them.
import { distanceKm, WINDS, windTo } from "./geo.js";
import { language, say } from "./language.js";
import { dateIn, daysBetween, knownZone, localOf } from "./times.js";

const MILES = new Set(["US", "LR", "MM"]);
const KM_A_MILE = 1.609344;
const FEET_A_KM = 3280.84;

const formatted = (date, how) =>
  new Intl.DateTimeFormat(language().tag, { ...how, timeZone: "UTC" })
    .format(new Date(`${date}T00:00Z`));

export const capital = (text) => text.slice(0, 1).toLocaleUpperCase(language().tag) + text.slice(1);
export const weekday = (date) => formatted(date, { weekday: "long" });
export const shortDate = (date) => formatted(date, { day: "numeric", month: "long" });
export const longDate = (date) => say("%(weekday)s %(day)s",
  { weekday: weekday(date), day: shortDate(date) });

const ofOneYear = (dates) => new Set(dates.map((date) => date.slice(0, 4))).size === 1;

/** A date beside others, as today's: with its year unless all are of one. */
export const written = (...dates) =>
  (ofOneYear(dates) ? longDate(dates[0]) : formatted(dates[0], { dateStyle: "full" }));

/** A time of day in figures. */
export function time(seconds, zone) {
  const how = { timeStyle: "short", timeZone: knownZone(zone) };
  return new Intl.DateTimeFormat(language().tag, how).format(1000 * seconds);
}

/** A day as one says it today. */
function day(date, today, last) {
  const ahead = daysBetween(today, date);
  if (ahead === 0) return say("today");
  if (ahead === 1) return say("tomorrow");
  if (ahead > 1 && ahead < 7) return weekday(date);
  return written(date, today, last);
}

/** A time of day in words: half past six in the evening. */
export function clock(seconds, zone) {
  const { hour, minute } = localOf(seconds, zone);
  if (minute % 5) return time(seconds, zone);
  if (hour % 12 === 0 && minute === 0) return hour ? say("noon") : say("midnight");
  const { hours, fives, parts } = language();
  const values = { hour: hours[hour % 12], next: hours[(hour + 1) % 12] };
  const spoken = fives[minute / 5].replace(/%\((\w+)\)s/g, (_, name) => values[name]);
  const [, part] = parts.filter(([first]) => first <= hour).at(-1);
  return part.replace("%(time)s", spoken);
}

/** UTC+1, UTC+5:30, UTC. */
export function zoneAt(seconds, zone) {
  const minutes = localOf(seconds, zone).offset / 60;
  if (!minutes) return "UTC";
  const [whole, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const sign = minutes < 0 ? "−" : "+";
  return `UTC${sign}${whole}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
}

/** Whether clocks there show what the guest's do. */
const isHere = (seconds, zone) =>
  localOf(seconds, Intl.DateTimeFormat().resolvedOptions().timeZone).offset
    === localOf(seconds, zone).offset;

/** A date, and a time of day with the zone where it is another. */
export const dateAndTime = (seconds, zone) => ({
  date: longDate(dateIn(seconds, zone)),
  time: isHere(seconds, zone) ? time(seconds, zone)
    : `${time(seconds, zone)} ${zoneAt(seconds, zone)}`,
});

/** From when to when, in figures. */
export function hours({ start, end, tz }) {
  const first = time(start, tz);
  if (end === undefined || end === start) return first;
  const [date, last] = [dateIn(start, tz), dateIn(end, tz)];
  const later = last > date && end - start >= 43200;
  const lastDate = ofOneYear([last, date]) ? shortDate(last) : written(last, date);
  const until = later ? `${lastDate}, ${time(end, tz)}` : time(end, tz);
  return say("%(first)s to %(last)s", { first, last: until });
}

/** What of the date the words left out. */
function unsaid(date, today, last) {
  const ahead = daysBetween(today, date);
  if (ahead === 0 || ahead === 1) return written(date, today, last);
  return ahead > 1 && ahead < 7 ? shortDate(date) : "";
}

/** When it is, as a friend would say it and in figures; with the zone where it is another. */
export function when(body, now) {
  if (body.start === undefined) return [say("A new date is not known yet"), ""];
  const { start, end = start, tz } = body;
  const [date, today] = [dateIn(start, tz), dateIn(now, tz)];
  if (body.all_day) {
    const last = end > start ? dateIn(end - 1, tz) : date;
    const spoken = capital(say("%(day)s, all day", { day: day(date, today, last) }));
    const first = written(date, today, last);
    if (last === date) return [spoken, first];
    return [spoken, say("%(first)s to %(last)s", { first, last: written(last, today, date) })];
  }
  const last = dateIn(end, tz);
  const spoken = say("%(day)s, %(time)s", { day: day(date, today, last), time: clock(start, tz) });
  const figures = isHere(start, tz) ? hours(body)
    : say("%(hours)s local time (%(zone)s)", { hours: hours(body), zone: zoneAt(start, tz) });
  return [capital(spoken), [unsaid(date, today, last), figures].filter(Boolean).join(", ")];
}

export const measure = (value, unit, unitDisplay = "short") =>
  new Intl.NumberFormat(language().tag, { style: "unit", unit, unitDisplay }).format(value);
const rounded = (value) => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value));

/** Kilometres or metres; where people have miles, miles or feet. */
export function distance(km) {
  const { region } = new Intl.Locale(language().tag).maximize();
  if (MILES.has(region)) {
    const miles = km / KM_A_MILE;
    return miles < 0.2 ? measure(Math.round((km * FEET_A_KM) / 100) * 100, "foot")
      : measure(rounded(miles), "mile");
  }
  if (km < 0.995) return measure(Math.max(10, Math.round(km * 100) * 10), "meter");
  return measure(rounded(km), "kilometer");
}

/** How far and whither: 2.4 km north-east. */
export function away(here, there) {
  const km = distanceKm(here, there);
  if (km < 0.05) return say("right here");
  const wind = language().winds[WINDS.indexOf(windTo(here, there))];
  return say("%(distance)s %(wind)s", { distance: distance(km), wind });
}

/** Someone's words, closed by a full stop. */
export const sentence = (text) => (!text || /[.!?…]$/.test(text) ? text : `${text}.`);

/** A topic as people read it: ours in their language, a stranger's as it was written. */
export const topicWord = (topic) => language().topics[topic.toLowerCase()] ?? capital(topic);

/** Price and access, as far as they were said. */
export function facts(body) {
  const price = body.price?.toLowerCase() === "free" ? say("Free") : body.price;
  const needs = Object.entries(language().access).filter(([need]) =>
    body.access?.[need] !== undefined);
  const said = needs.map(([need, [yes, no]]) => (body.access[need] ? yes : no)).join(", ");
  return [sentence(price), sentence(capital(said))].filter(Boolean).join(" ");
}
