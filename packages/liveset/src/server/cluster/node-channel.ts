/** Short messages between the nodes of a cluster. */
export interface NodeChannel {
  /**
   * Sends a message to all who listen now, oneself included. It is not kept: who is not connected misses it.
   * @throws LivesetError `unavailable` where it cannot be sent.
   */
  send(message: string): Promise<void>;
  /**
   * Calls the listener for each message, until the returned function is called. Neither function may throw.
   *
   * @param missed called where messages may have been missed: the connection was lost, and is back
   */
  listen(listener: (message: string) => void, missed?: () => void): () => void;
}
