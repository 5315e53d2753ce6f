const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Exactly one text for each value: padded, and no bit set that no byte holds. */
const canonicalForm = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/;

/** Whether a text is base64 as `toBase64` writes it: padded, without blanks, one text for one value. */
export function isBase64(text: string): boolean {
  return canonicalForm.test(text);
}

/** Bytes as base64 with padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const bits = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += alphabet.charAt(bits >> 18) + alphabet.charAt((bits >> 12) & 63);
    text +=
      (left > 1 ? alphabet.charAt((bits >> 6) & 63) : "=") + (left > 2 ? alphabet.charAt(bits & 63) : "=");
  }
  return text;
}

/** The bytes of a text for which `isBase64` holds. */
export function fromBase64(text: string): Uint8Array {
  const digits = text.replace(/=+$/, "");
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const char of digits) {
    bits = ((bits << 6) | alphabet.indexOf(char)) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = (bits >> held) & 255;
    }
  }
  return bytes;
}

/** Compares two values in base64 by their bytes, without decoding them: a shorter one comes before what continues it. */
export function compareBase64(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = digit(a.charAt(i)) - digit(b.charAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** −1 for the padding, which is before every byte. */
function digit(char: string): number {
  return alphabet.indexOf(char);
}
