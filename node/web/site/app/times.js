// Local times in named zones, by the browser's own tables. Moments are UTC seconds.
const DAY = 86400;
const formats = new Map();

/** The format of a zone; UTC's for a zone that this browser does not know. */
function formatOf(zone) {
  let format = formats.get(zone);
  if (format) return format;
  const parts = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric",
    minute: "numeric" };
  const how = { ...parts, second: "numeric", hourCycle: "h23", calendar: "iso8601",
    numberingSystem: "latn" };
  try {
    format = new Intl.DateTimeFormat("en-US", { ...how, timeZone: zone });
  } catch {
    format = new Intl.DateTimeFormat("en-US", { ...how, timeZone: "UTC" });
  }
  formats.set(zone, format);
  return format;
}

/** The zone itself, or UTC if this browser does not know it. */
export const knownZone = (zone) => formatOf(zone).resolvedOptions().timeZone;

const padded = (value) => String(value).padStart(2, "0");

/**
 * What calendar and clock show there: {date, hour, minute, clock, weekday (0 is Monday), offset}.
 */
export function localOf(seconds, zone) {
  const said = {};
  for (const { type, value } of formatOf(zone).formatToParts(1000 * seconds)) said[type] =
    Number(value);
  const { year, month, day, hour, minute, second } = said;
  const shown = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  return {
    date: `${String(year).padStart(4, "0")}-${padded(month)}-${padded(day)}`,
    hour,
    minute,
    clock: `${padded(hour)}:${padded(minute)}`,
    weekday: (new Date(1000 * shown).getUTCDay() + 6) % 7,
    offset: shown - Math.floor(seconds),
  };
}

export const dateIn = (seconds, zone) => localOf(seconds, zone).date;

export function addDays(date, days) {
  return new Date(Date.parse(`${date}T00:00Z`) + 1000 * DAY * days).toISOString().slice(0, 10);
}

/** How many days the second date comes after the first. */
export const daysBetween = (first, second) =>
  (Date.parse(`${second}T00:00Z`) - Date.parse(`${first}T00:00Z`)) / (1000 * DAY);

/** When a day, or a time of it such as 18:30, begins there. */
export function moment(date, zone, clock = "00:00") {
  const shown = Date.parse(`${date}T${clock}Z`) / 1000;
  const before = localOf(shown - DAY, zone).offset;
  const after = localOf(shown + DAY, zone).offset;
  // A time that comes twice is the first; one that the clocks skip goes by the offset before.
  const fits = [before, after].find((offset) => localOf(shown - offset, zone).offset === offset);
  return shown - (fits ?? before);
}

/** How long ago what is still on may have begun, as the node has it. */
const LONGEST = 92 * DAY;

/** Whether it has not begun; of an all-day event, whether its day is not over there; of one of
 * several days, whether it has not ended. */
export function isComing({ start, end, all_day: allDay, tz }, now) {
  if (start === undefined) return false;
  if (end - start > DAY && end > now) return start >= now - LONGEST;
  if (!allDay) return start > now;
  return start >= moment(dateIn(now + 1, tz), tz);
}
