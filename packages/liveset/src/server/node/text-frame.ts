/** The first byte of a text message that is one frame: FIN and opcode 1. */
const finText = 0x81;

/**
 * A text as one frame of a WebSocket server: whole, unmasked, not compressed (RFC 6455, 5.2).
 *
 * ```ts
 * textFrame("hi"); // <Buffer 81 02 68 69>
 * ```
 */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = finText;
  if (header === 2) frame[1] = length;
  else if (header === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeUInt32BE(0, 2);
    frame.writeUInt32BE(length, 6);
  }
  frame.write(text, header, length, "utf8");
  return frame;
}
