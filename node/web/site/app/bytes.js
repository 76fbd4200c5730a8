// Bytes, as every module here handles them: Uint8Arrays, and hexadecimal where they are compared.
const encoder = new TextEncoder();
const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export const utf8 = (text) => encoder.encode(text);

export function hex(data) {
  let text = "";
  for (let i = 0; i < data.length; i++) text += PAIRS[data[i]];
  return text;
}

/** The value of a hexadecimal digit in lower case, by its code. */
const digit = (code) => (code < 58 ? code - 48 : code - 87);

export function bytes(text) {
  const out = new Uint8Array(text.length >> 1);
  for (let i = 0; i < out.length; i++) {
    out[i] = 16 * digit(text.charCodeAt(2 * i)) + digit(text.charCodeAt(2 * i + 1));
  }
  return out;
}

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A whole number as so many bytes, the most significant first. */
export function number(value, size) {
  const out = new Uint8Array(size);
  for (let i = size - 1; i >= 0; i--, value = Math.floor(value / 256)) out[i] = value % 256;
  return out;
}
