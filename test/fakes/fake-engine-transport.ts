import type { ErrorCode } from "#shared/domain/errors.ts";
import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import {
  type CallName,
  type CallOutput,
  type FeedName,
  type FeedSnapshot,
  calls,
  feeds,
} from "#shared/ipc/contract.ts";
import type { Reply } from "#shared/ipc/reply.ts";
import { createFakeBench, type FakeBenchView } from "./window/fake-bench.ts";
import { createFakeBatch, type FakeBatch } from "./window/fake-batch.ts";
import { createFakeAudit } from "./window/fake-audit.ts";
import { createFakeCarry } from "./window/fake-carry.ts";
import { fakeLedger } from "./window/fake-ledger.ts";
import { createFakeLicence, type FakeLicenceState } from "./window/fake-licence.ts";
import { createFakePeople, type FakePeople } from "./window/fake-people.ts";
import { createFakeWitness } from "./window/fake-witness.ts";
import { fakePreflight } from "./window/fake-preflight.ts";
import { FakeRefusal } from "./window/fake-refusal.ts";
import { createFakeDesk, type FakeHandler } from "./window/fake-desk.ts";
import { fakeCertificate, fakeStats } from "./window/fake-setup.ts";
import { everyState, type FakeStick, fakeStick } from "./window/fake-sticks.ts";

export interface FakeEngineOptions {
  readonly scenario: "first-run" | "quiet" | "one-stick" | "busy" | "big" | "taught" | "armed";
  readonly settings?: Partial<CallOutput<"settings.get">>;
  /** What the station must be given before anything else. */
  readonly needs?: CallOutput<"lock.state">["needs"];
  /** Where the station's own licence stands; active unless said. */
  readonly licence?: FakeLicenceState;
  /** Who is signed in; no accounts unless said. */
  readonly people?: FakePeople;
  /** What is wrong with the ledger: damaged, or contradicted by a checkpoint that came back. */
  readonly ledger?: "broken" | "contradicted";
  /** Answers of single calls replaced by a failure. */
  readonly failing?: Partial<Record<CallName, ErrorCode>>;
}

export interface FakeEngine {
  readonly call: (name: string, input: unknown) => Promise<Reply<unknown>>;
  readonly subscribe: (feed: string, onSnapshot: (snapshot: unknown) => void) => () => void;
  /** Lets the engine's time pass: batches proceed, feeds tell it. */
  readonly advance: (ms: number) => void;
  /** Changes the sticks that are plugged in, as a hand would. */
  readonly plug: (sticks: readonly Partial<FakeStick>[]) => void;
  /** Changes what the bench says of itself. */
  readonly setBench: (part: Partial<FakeBenchView>) => void;
  /** Signs out whoever is in, as auto-lock does. */
  readonly lock: () => void;
}

type Handlers = { readonly [N in CallName]: FakeHandler<N> };

/** An engine without disk or network that behaves like one; inputs and outputs are held to the contract. */
export function createFakeEngine(options: FakeEngineOptions): FakeEngine {
  const { scenario, failing = {} } = options;
  const isNew = scenario === "first-run";
  const isBusy = scenario === "busy";
  const desk = createFakeDesk({
    isNew,
    slots: isBusy ? 8 : 4,
    settings: options.settings ?? {},
    instant: () => instant(),
  });
  const bench = createFakeBench({
    slots: scenario === "taught" || scenario === "armed" ? 16 : 0,
    isArmed: scenario === "armed",
  });
  // The page counts to the licence's edges by its own clock.
  const licence = createFakeLicence({ state: options.licence ?? "active", now: Date.now() });
  const people = createFakePeople({ people: options.people ?? "none", now: Date.now() });
  let needs = options.needs ?? null;
  let sticks: FakeStick[] = isBusy ? everyState() : [];
  if (scenario === "one-stick") sticks = [fakeStick({ id: "s1", label: "LINE-A", slot: 1, refused: 3 })];
  const batches = new Map<string, FakeBatch>();
  const ledger = fakeLedger(isNew ? 0 : 1281);
  const audit = createFakeAudit(!isNew, () => instant());
  let verification: CallOutput<"ledger.verify"> = {
    running: false,
    done: 0,
    total: 0,
    ok: null,
    problems: [],
    finishedAt: null,
  };
  let health: FeedSnapshot<"status">["ledger"]["health"] = options.ledger === "broken" ? "broken" : "unchecked";
  let now = Date.parse("2026-11-22T09:12:00Z");
  let made = 0;
  const instant = () => new Date(now).toISOString();

  if (isBusy || scenario === "big") {
    const devices = scenario === "big" ? 10_000 : 48;
    const done = createFakeBatch({
      id: "b-done",
      stickId: "s3",
      stickLabel: "KINGSTON",
      devices,
      startedAt: "2026-11-22T08:31:00Z",
      perSecond: devices * 10,
      rehearsal: false,
      isClean: scenario === "busy",
    });
    for (let turn = 0; turn < 60; turn += 1) done.advance(1000);
    batches.set("b-done", done);
  }
  if (isBusy) {
    batches.set(
      "b-run",
      createFakeBatch({
        id: "b-run",
        stickId: "s2",
        stickLabel: "LINE-B",
        devices: 320,
        startedAt: "2026-11-22T09:10:00Z",
        perSecond: 12,
        rehearsal: false,
        reached: 134,
      }),
    );
  }

  const batchOf = (id: string): FakeBatch => {
    const batch = batches.get(id);
    if (batch === undefined) throw new FakeRefusal("USAGE");
    return batch;
  };
  const stickOf = (id: string): FakeStick => {
    const stick = sticks.find((each) => each.id === id);
    if (stick === undefined) throw new FakeRefusal("STICK_GONE");
    return stick;
  };
  const setStick = (id: string, part: Partial<FakeStick>) => {
    sticks = sticks.map((stick) => (stick.id === id ? { ...stick, ...part } : stick));
  };
  const addFolder = (label: string, requests: number) => {
    made += 1;
    sticks = [...sticks, fakeStick({ id: `folder-${made}`, label, kind: "folder", requests, fileSystem: null })];
    return sticks;
  };
  const startBatch = (stickId: string) => {
    const stick = stickOf(stickId);
    made += 1;
    const batch = createFakeBatch({
      id: `b-new-${made}`,
      stickId,
      stickLabel: stick.label,
      devices: stick.requests,
      startedAt: instant(),
      perSecond: Math.max(6, stick.requests / 4),
      rehearsal: desk.settings().rehearsal,
      isClean: stick.refused === 0,
    });
    batches.set(`b-new-${made}`, batch);
    setStick(stickId, { state: "activating", progress: 0, batch: `b-new-${made}`, unfinished: false, problem: null });
    return batch.view();
  };
  const views = () =>
    [...batches.values()].map((batch) => batch.view()).sort((a, b) => b.startedAt.localeCompare(a.startedAt));

  const handlers: Handlers = {
    ...desk.handlers,
    ...bench.handlers,
    ...licence.handlers,
    ...people.handlers,
    ...createFakeCarry(() => "b-done"),
    "lock.state": () => ({ needs }),
    "lock.open": ({ secret }) => {
      if (secret === "wrong passphrase") throw new FakeRefusal("KEYS_UNREADABLE");
      needs = null;
      return { needs };
    },
    "sticks.add-folder": () => addFolder("requests-november", 500),
    "sticks.remove-folder": ({ stickId }) => (sticks = sticks.filter((stick) => stick.id !== stickId)),
    "sticks.read": ({ stickId }) => {
      setStick(stickId, { state: "reading" });
      return sticks;
    },
    "batch.preflight": ({ stickId }) => fakePreflight(stickOf(stickId), licence.view()),
    "batch.start": ({ stickId, onConflict }) => {
      const isOverride = onConflict === "accept" && stickOf(stickId).conflicts > 0;
      if (isOverride && people.needsApproval("conflict-override") && !people.isApproved("conflict-override"))
        throw new FakeRefusal("APPROVAL_NEEDED", { subject: "conflict-override", reference: `conflicts ${stickId}` });
      return startBatch(stickId);
    },
    "batch.continue": ({ stickId, giveUp }) => {
      const view = startBatch(stickId);
      if (giveUp) {
        batchOf(view.id).setPhase("stopped");
        setStick(stickId, { state: "ready", progress: null, batch: null });
      }
      return batchOf(view.id).view();
    },
    "batch.pause": ({ batch }) => (batchOf(batch).setPhase("paused"), batchOf(batch).view()),
    "batch.unpause": ({ batch }) => (batchOf(batch).setPhase("working"), batchOf(batch).view()),
    "batch.stop": ({ batch }) => (batchOf(batch).setPhase("stopped"), batchOf(batch).view()),
    "batch.retry-failed": ({ batch }) => (batchOf(batch).retry(), batchOf(batch).view()),
    "batch.list": ({ offset, limit }) => ({ total: batches.size, rows: views().slice(offset, offset + limit) }),
    "batch.rows": (input) => batchOf(input.batch).rows(input),
    "batch.rejected": ({ batch }) => batchOf(batch).rejected(),
    "batch.proof": ({ batch }) => {
      const view = batchOf(batch).view();
      if (view.phase !== "finished") return null;
      return {
        batch,
        folder: `PROVISIONING/${batch}`,
        files: view.delivered * 2 + 7,
        manifestSha256: sha256Hex(utf8(`manifest ${batch}`)),
        sumsSha256: sha256Hex(utf8(`sums ${batch}`)),
        readBack: "direct",
        checkpoint: `Plant 2, bench 4\n${ledger.size()}\n${ledger.root()}\n\n— Plant 2, bench 4 HwyXq0bFz\n`,
        manifest: JSON.stringify(
          { payloadType: "application/vnd.in-toto+json", payload: "eyJfdHlwZSI6Imh0dHBz" },
          null,
          2,
        ),
      };
    },
    "batch.report": ({ batch, form }) => ({
      name: `${batch}.${form === "csv" ? "csv" : "txt"}`,
      content: `report of ${batch}\n`,
    }),
    "single.issue": ({ name, stickId }) => ({
      batch: "b-single",
      fileName: `${name === "" ? "device" : name}-5f21c09e.lic`,
      certificate: fakeCertificate,
      fileSha256: sha256Hex(utf8(fakeCertificate)),
      ledgerIndex: ledger.size(),
      expiresAt: "2027-05-21T09:12:00Z",
      deliveredTo: stickId === null ? null : stickOf(stickId).label,
    }),
    "devices.search": (input) => ledger.devices(input),
    "devices.history": ({ fingerprintSha256 }) => ledger.history(fingerprintSha256),
    "devices.deactivate": () => ({ activationId: "act-7" }),
    "devices.receipt": ({ index }) => ({ name: `entry-${index}.tlog-proof`, content: "c2sp.org/tlog-proof@v1\n" }),
    "ledger.page": (input) => ledger.page(input),
    "ledger.verify": () =>
      (verification = { ...verification, running: true, done: 0, total: ledger.size(), ok: null, problems: [] }),
    "ledger.export": () => ({ folder: "/home/vogel/ledger-export", entries: ledger.size() }),
    "ledger.checkpoint": () => ({
      checkpoint: `plant-2.example/bench-4\n${ledger.size()}\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— plant-2.example/bench-4 Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n`,
    }),
    ...audit.handlers,
    ...createFakeWitness({
      size: ledger.size,
      isContradicted: options.ledger === "contradicted",
      rotated: desk.rotate,
      refuseRotation: () => {
        if (people.needsApproval("key-rotation") && !people.isApproved("key-rotation"))
          throw new FakeRefusal("APPROVAL_NEEDED", { subject: "key-rotation", reference: "ledger 1c9f02ab" });
      },
    }),
    "stats.summary": () => (isNew ? { throughput: [], pools: [], expiring: [] } : fakeStats),
    "rehearsal.begin": () => desk.rehearse(true),
    "rehearsal.end": () => {
      sticks = sticks.filter((stick) => stick.kind === "drive");
      return desk.rehearse(false);
    },
    "rehearsal.make-stick": ({ devices }) => addFolder("practice", devices),
  };

  const snapshots: { readonly [N in FeedName]: () => FeedSnapshot<N> } = {
    status: () => ({
      station: desk.settings().stationName,
      operator: desk.settings().operator,
      api: { url: desk.settings().apiUrl, reachable: desk.settings().apiUrl === "" ? null : true, since: null },
      seatsLeft: desk.settings().rehearsal ? 88 : isNew ? null : 1000,
      ledger: {
        size: ledger.size(),
        root: ledger.root(),
        health,
        problem: health === "broken" ? "Entry 771 is not the one that its leaf hash was taken of." : null,
      },
      rehearsal: desk.settings().rehearsal,
      busy: views().some((batch) => batch.phase === "working"),
    }),
    sticks: () => sticks,
    batches: views,
    verification: () => verification,
    comparison: audit.comparison,
    bench: bench.view,
    licence: licence.view,
    session: people.session,
    approvals: people.approvals,
  };
  const listeners = new Map<FeedName, Set<(snapshot: unknown) => void>>();
  const told = new Map<FeedName, string>();
  const tell = () => {
    for (const [feed, each] of listeners) {
      const snapshot = feeds[feed].parse(snapshots[feed]());
      const words = JSON.stringify(snapshot);
      if (told.get(feed) === words) continue;
      told.set(feed, words);
      for (const listener of each) listener(structuredClone(snapshot));
    }
  };

  const advanceSticks = () => {
    for (const stick of sticks) {
      if (stick.state === "reading") setStick(stick.id, { state: "ready", requests: Math.max(18, stick.requests) });
      const batch = stick.batch === null ? undefined : batches.get(stick.batch);
      if (batch === undefined || stick.state === "action" || stick.state === "remove") continue;
      const { phase, step, issued, failed, devices } = batch.view();
      if (phase === "finished") setStick(stick.id, { state: "remove", progress: null });
      else if (phase === "delivering")
        setStick(stick.id, { state: step === "writing" ? "writing" : "verifying", progress: 0.9 });
      else if (phase === "working") setStick(stick.id, { state: "activating", progress: (issued + failed) / devices });
    }
  };
  return {
    call(name, input) {
      return Promise.resolve().then(() => {
        try {
          const known = name as CallName;
          const code = failing[known];
          if (code !== undefined) throw new FakeRefusal(code);
          const handler = handlers[known] as (value: unknown) => unknown;
          const value = structuredClone(calls[known].output.parse(handler(calls[known].input.parse(input))));
          tell();
          return { ok: true as const, value };
        } catch (error) {
          if (error instanceof FakeRefusal) {
            const { code, message, details } = error;
            return {
              ok: false as const,
              error: details === undefined ? { code, message } : { code, message, details },
            };
          }
          throw error;
        }
      });
    },
    subscribe(feed, onSnapshot) {
      const known = feed as FeedName;
      const set = listeners.get(known) ?? new Set();
      listeners.set(known, set.add(onSnapshot));
      onSnapshot(structuredClone(feeds[known].parse(snapshots[known]())));
      return () => set.delete(onSnapshot);
    },
    advance(ms) {
      now += ms;
      for (const batch of batches.values()) batch.advance(ms);
      advanceSticks();
      audit.advance(ms);
      if (verification.running) {
        const done = Math.min(verification.total, verification.done + ms);
        const isEnd = done >= verification.total;
        verification = {
          ...verification,
          done,
          running: !isEnd,
          ok: isEnd ? true : null,
          finishedAt: isEnd ? instant() : null,
        };
        if (isEnd) health = "good";
      }
      tell();
    },
    setBench(part) {
      bench.change(part);
      tell();
    },
    lock() {
      people.lock();
      tell();
    },
    plug(parts) {
      sticks = parts.map((part, index) => fakeStick({ id: `p${index}`, label: `STICK-${index + 1}`, ...part }));
      tell();
    },
  };
}
