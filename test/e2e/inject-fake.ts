import "../../renderer/client/no-eval.ts";
import { createFakeEngine, type FakeEngineOptions } from "../fakes/fake-engine-transport.ts";

/** Runs in the page before anything else does: a fake engine where the preload script would put the real one. */
interface Page {
  readonly fakeOptions?: FakeEngineOptions;
  /** Lets tests pass the engine's time, or change what is plugged in, themselves. */
  fakeEngine?: unknown;
  station?: unknown;
}

const page = globalThis as unknown as Page;
const engine = createFakeEngine(page.fakeOptions ?? { scenario: "busy" });
page.fakeEngine = engine;
page.station = { call: engine.call, subscribe: engine.subscribe };
setInterval(() => engine.advance(100), 100);
