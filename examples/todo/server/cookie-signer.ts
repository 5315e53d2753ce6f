import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

/** Makes and reads the value of the session cookie: `user.expires.mac`. */
export interface CookieSigner {
  /** The value for a user, good until `expires` (ms since 1970). */
  sign(user: string, expires: number): string;
  /** The user of a value that this signer made and that is still good at `now`, else null. */
  verify(value: string, now: number): string | null;
}

/** A signer by HMAC-SHA-256: without the secret nobody makes another user's cookie. */
export function cookieSigner(secret: Buffer): CookieSigner {
  const mac = (text: string) => createHmac("sha256", secret).update(text).digest();
  return {
    sign(user, expires) {
      const text = `${Buffer.from(user).toString("base64url")}.${expires}`;
      return `${text}.${mac(text).toString("base64url")}`;
    },
    verify(value, now) {
      const [user = "", expires = "", given = ""] = value.split(".");
      const expected = mac(`${user}.${expires}`);
      const bytes = Buffer.from(given, "base64url");
      if (bytes.length !== expected.length || !timingSafeEqual(bytes, expected)) return null;
      return Number(expires) > now ? Buffer.from(user, "base64url").toString() : null;
    },
  };
}

/** The secret in a file, made on first use and readable by its owner only. */
export function readSecret(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    const secret = randomBytes(32);
    writeFileSync(file, secret, { mode: 0o600 });
    return secret;
  }
}
