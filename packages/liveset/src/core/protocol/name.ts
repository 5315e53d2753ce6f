/** The WebSocket subprotocol that these frames belong to. */
export const protocolName = "liveset.v1";
