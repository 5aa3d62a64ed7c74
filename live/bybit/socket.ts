/** The socket under the SDK's WebSocket client: some of what passes there the SDK keeps to itself. */
import type { WebsocketClient } from 'bybit-api';

export interface Socket { send(text: string): void; addEventListener(kind: 'message', heard: (event: { readonly data: unknown }) => void): void }

/** The one open socket of a client. */
export function socketOf(client: WebsocketClient): Socket | undefined {
  const store = client.getWsStore();
  for (const key of store.getKeys()) {
    const socket = store.getWs(key) as unknown as Socket | undefined;
    if (socket !== undefined) return socket;
  }
  return undefined;
}

/** The SDK's own log would hold key and secret. */
export const silent = { trace: () => {}, info: () => {}, error: () => {} };
