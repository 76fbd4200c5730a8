// Whether a place may lie within a distance on WGS 84, as the node has it.
import { distanceKm, rad } from "./geo.js";

const MAJOR_KM = 6378.137;
const FLATTENING = 1 / 298.257223563;
// The haversine's error is below 0.6 %: within 1 % of the radius the ellipsoid decides.
const DOUBT = 0.01;

/** Vincenty's inverse formula (1975); null near the antipode, where it does not converge. */
export function ellipsoidKm(a, b) {
  const minor = MAJOR_KM * (1 - FLATTENING);
  const [u1, u2] = [a, b].map(([lat]) => Math.atan((1 - FLATTENING) * Math.tan(rad(lat))));
  const [sin1, cos1, sin2, cos2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  const east = rad(b[1] - a[1]);
  let lambda = east;
  for (let i = 0; i < 200; i++) {
    const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)];
    const sinS = Math.hypot(cos2 * sinL, cos1 * sin2 - sin1 * cos2 * cosL);
    if (sinS === 0) return 0;
    const cosS = sin1 * sin2 + cos1 * cos2 * cosL;
    const sigma = Math.atan2(sinS, cosS);
    const sinA = (cos1 * cos2 * sinL) / sinS;
    const cos2A = 1 - sinA ** 2;
    const cosM = cos2A === 0 ? 0 : cosS - (2 * sin1 * sin2) / cos2A;
    const c = (FLATTENING / 16) * cos2A * (4 + FLATTENING * (4 - 3 * cos2A));
    const previous = lambda;
    lambda = east + (1 - c) * FLATTENING * sinA
      * (sigma + c * sinS * (cosM + c * cosS * (2 * cosM ** 2 - 1)));
    if (Math.abs(lambda - previous) > 1e-12) continue;
    const uu = cos2A * (MAJOR_KM ** 2 / minor ** 2 - 1);
    const big = 1 + (uu / 16384) * (4096 + uu * (-768 + uu * (320 - 175 * uu)));
    const small = (uu / 1024) * (256 + uu * (-128 + uu * (74 - 47 * uu)));
    const delta = small * sinS * (cosM + (small / 4) * (cosS * (2 * cosM ** 2 - 1)
      - (small / 6) * cosM * (4 * sinS ** 2 - 3) * (4 * cosM ** 2 - 3)));
    return minor * big * (sigma - delta);
  }
  return null;
}

/** Whether b, known to within `uncertainty` metres, may be at most `km` from a. */
export function mayBeWithin(a, b, km, uncertainty = 0) {
  const reach = km + uncertainty / 1000;
  const distance = distanceKm(a, b);
  if (Math.abs(distance - reach) > DOUBT * reach) return distance <= reach;
  return (ellipsoidKm(a, b) ?? distance) <= reach;
}
