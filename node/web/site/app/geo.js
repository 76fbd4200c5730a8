// Distance and direction, as the node has them. Points are [latitude, longitude].
const RADIUS_KM = 6371.0088;
const AREA_M = 500;
export const WINDS = [
  "north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west",
];
export const rad = (degrees) => (degrees * Math.PI) / 180;

/** From where distances are measured: what the guest set, else the house. */
export const hereOf = ({ site, here }) => here ?? (site.place && [site.place.lat, site.place.lon]);

/** Whether a place lies somewhere in an area, and not on a spot of the map. */
export const isArea = ({ lat, uncertainty = 0 }) => lat !== undefined && uncertainty >= AREA_M;

export function distanceKm(a, b) {
  const [latA, latB] = [rad(a[0]), rad(b[0])];
  const halfChord = Math.sin((latB - latA) / 2) ** 2
    + Math.cos(latA) * Math.cos(latB) * Math.sin(rad(b[1] - a[1]) / 2) ** 2;
  return 2 * RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, halfChord)));
}

/** The great circle's first bearing, in degrees from north by east. */
export function bearing(a, b) {
  const [latA, latB, lon] = [rad(a[0]), rad(b[0]), rad(b[1] - a[1])];
  const east = Math.sin(lon) * Math.cos(latB);
  const north = Math.cos(latA) * Math.sin(latB) - Math.sin(latA) * Math.cos(latB) * Math.cos(lon);
  return (Math.atan2(east, north) * 180) / Math.PI;
}

export const windTo = (a, b) => WINDS[(Math.round(bearing(a, b) / 45) + 8) % 8];
