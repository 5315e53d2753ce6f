/** What identifies a group to clients: the SHA-256 of its text, in base64url. It tells nothing but equality. */
export async function planOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const base64 = btoa(String.fromCharCode(...new Uint8Array(digest)));
  // In one pass: cut off alone, the padding would be kept with the text.
  return base64.replace(/[+/=]/g, (digit) => inUrl[digit] ?? "");
}

const inUrl: Readonly<Record<string, string>> = { "+": "-", "/": "_", "=": "" };
