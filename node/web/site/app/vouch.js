// Vouches as bytes and as values: PROTOCOL.md, "Vouches". What breaks a rule is refused.
import { isBinary, isInteger, isTime, MAX_LIFETIME, signedParts } from "./announcement.js";
import { hex, joined, utf8 } from "./bytes.js";
import { verify } from "./ed25519.js";
import { refuseUnless, unpack } from "./msgpack.js";

const MAX_ENCODED = 256;
const CONTEXT = utf8("potluck-vouch-v1\0");

/** The vouch in these bytes: {network, by, host, given, register, holds}. Throws Refused. */
export function vouchOf(encoded) {
  const [signed, signature] = signedParts(encoded, MAX_ENCODED);
  const fields = unpack(signed);
  refuseUnless(Array.isArray(fields) && fields.length === 9, "not nine fields");
  const [version, network, by, nonce, index, host, issued, expires, given] = fields;
  refuseUnless(version === 1, "a version that is not known");
  refuseUnless(isBinary(network, 16) && isBinary(nonce, 8), "no network, or no stamp");
  refuseUnless(isBinary(by, 32) && isBinary(host, 32) && hex(by) !== hex(host), "not two keys");
  refuseUnless(isInteger(index, 0, 63) && typeof given === "boolean", "no place, or not given");
  refuseUnless(isTime(issued) && isTime(expires), "no times");
  refuseUnless(expires > issued && expires - issued <= MAX_LIFETIME,
    "it lives too long, or not at all");
  const holds = verify(by, joined(CONTEXT, signed), signature);
  const register = `${hex(by)}${index}`;
  return { network: hex(network), by: hex(by), host: hex(host), given, register, holds };
}

/** Whom each host vouches for and is vouched for by in return: hosts by host. */
export function returned(vouches) {
  const given = new Set(vouches.map(({ by, host }) => by + host));
  const friends = new Map();
  for (const { by, host } of vouches) {
    if (!given.has(host + by)) continue;
    if (!friends.has(by)) friends.set(by, new Set());
    friends.get(by).add(host);
  }
  return friends;
}
