import { request } from "node:http";

/** Talks to the browser host as the window's page does. */
export function browserClient(address: string) {
  const { origin, hash } = new URL(address);
  const headers = { "x-station-token": hash.replace("#token=", ""), origin };
  return {
    call: (name: string, input: unknown): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const options = { method: "POST", agent: false, headers: { ...headers, "content-type": "application/json" } };
        const sent = request(`${origin}/call/${encodeURIComponent(name)}`, options, (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (piece: string) => {
            text += piece;
          });
          response.on("end", () => {
            // What the host itself refuses has no reply in it.
            const refused = { ok: false, error: { code: "USAGE", message: `HTTP ${response.statusCode}` } };
            resolve(response.statusCode === 200 ? JSON.parse(text) : refused);
          });
        });
        sent.on("error", reject);
        sent.end(JSON.stringify(input));
      }),
    subscribe: (feed: string, listener: (snapshot: unknown) => void): (() => void) => {
      let rest = "";
      const sent = request(`${origin}/feeds/${encodeURIComponent(feed)}`, { headers, agent: false }, (response) => {
        response.setEncoding("utf8").on("data", (piece: string) => {
          const lines = (rest + piece).split("\n");
          rest = lines.pop() ?? "";
          if (response.statusCode === 200) for (const line of lines) listener(JSON.parse(line).snapshot);
        });
        response.on("error", () => {});
      });
      sent.on("error", () => {});
      sent.end();
      return () => void sent.destroy();
    },
  };
}
