import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A server on loopback that takes every request and answers none. */
export async function heldServer(asked: () => void = () => {}) {
  const server = createServer(() => asked());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api/v1`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
