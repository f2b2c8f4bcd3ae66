import { z } from "zod";
import { errorMeanings, type ErrorCode } from "#shared/domain/errors.ts";
import { auditCalls, auditFeeds } from "./audit-contract.ts";
import { slotsCalls, slotsFeeds } from "./slots-contract.ts";
import { witnessCalls } from "./witness-contract.ts";
import { carryCalls, licenceCalls, licenceFeeds, operatorCalls, operatorFeeds } from "./authority-contract.ts";

/**
 * Every call and feed between the window and the engine: name -> schemas; all types are derived from here. Objects are
 * strict, ids are issued by the engine, and no call takes a path: folders and files come from the host's own dialogs.
 * Secrets travel inwards only (`secret` fields); nothing that leaves the engine holds one.
 */
const id = z.string().min(1).max(128);
const text = z.string().max(4096);
const secret = z.string().min(1).max(4096);
const count = z.int().min(0);
const instant = z.string().max(40);
const none = z.strictObject({});
const errorCode = z.enum(Object.keys(errorMeanings) as [ErrorCode, ...ErrorCode[]]);
export const failure = z.strictObject({
  code: errorCode,
  message: text,
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
});

/* ---- settings ---- */
export const settings = z.strictObject({
  stationName: z.string().min(1).max(64),
  /** Name of whoever works; recorded with every batch. */
  operator: z.string().max(128),
  apiUrl: z.string().max(2048),
  proxy: z.string().max(2048),
  /** PEM of extra certification authorities, "" for none. */
  caPem: z.string().max(262_144),
  concurrency: z.int().min(1).max(128),
  language: z.enum(["en", "de"]),
  theme: z.enum(["system", "light", "dark", "contrast"]),
  profile: z.enum(["field", "factory"]),
  sounds: z.boolean(),
  slots: z.union([z.literal(1), z.literal(4), z.literal(8), z.literal(16)]),
  /** Works against the embedded sandbox instead of the real server. */
  rehearsal: z.boolean(),
  setUp: z.boolean(),
});
export const settingsView = settings.extend({
  apiKeySet: z.boolean(),
  custody: z.enum(["os", "passphrase", "account"]),
  keyFingerprints: z.strictObject({ ledger: text, manifest: text, minisign: text }),
  version: text,
});

/* ---- licences, policies, jobs ---- */
export const licenseView = z.strictObject({
  id,
  label: z.string().max(128),
  product: z.string().max(100),
  last4: z.string().max(16),
  /** Keys of one pool are drawn down in order. */
  pool: z.string().max(128),
  state: z.enum(["unknown", "active", "pending", "suspended", "revoked", "expired", "refused"]),
  seatLimit: count.nullable(),
  activeSeats: count.nullable(),
  expiresAt: instant.nullable(),
  checkedAt: instant.nullable(),
});
export const policyView = z.strictObject({
  id,
  label: z.string().min(1).max(128),
  ttlDays: z.int().min(1).max(3650),
  graceDays: z.int().min(0).max(30),
  preset: z.boolean(),
});
/** What is provisioned when nothing else is said. Null ids: not chosen yet. */
export const job = z.strictObject({
  product: z.string().max(100),
  pool: z.string().max(128),
  policyId: id.nullable(),
  workOrder: z.string().max(128),
});

/* ---- sticks ---- */
export const stickView = z.strictObject({
  id,
  label: text,
  kind: z.enum(["drive", "folder"]),
  slot: z.int().min(1).nullable(),
  sizeBytes: count.nullable(),
  freeBytes: count.nullable(),
  fileSystem: text.nullable(),
  state: z.enum(["reading", "ready", "activating", "writing", "verifying", "remove", "action", "held", "empty"]),
  /** 0 to 1 while something proceeds. */
  progress: z.number().min(0).max(1).nullable(),
  requests: count,
  alreadyProvisioned: count,
  refused: count,
  conflicts: count,
  /** A batch that works on this stick, or is owed to it. */
  batch: id.nullable(),
  unfinished: z.boolean(),
  problem: failure.nullable(),
});

/* ---- batches ---- */
const deviceStatus = z.enum(["waiting", "activating", "issuing", "issued", "delivered", "failed", "skipped"]);
export const deviceRow = z.strictObject({
  fingerprintSha256: z.string().length(64),
  fingerprint: text,
  name: text.nullable(),
  serial: text.nullable(),
  status: deviceStatus,
  renewal: z.boolean(),
  file: text.nullable(),
  activationId: text.nullable(),
  expiresAt: instant.nullable(),
  error: failure.nullable(),
});
export const rejectedRow = z.strictObject({ path: text, line: count.nullable(), code: errorCode, message: text });
export const conflictRow = z.strictObject({
  kind: z.enum(["two-names", "one-name", "two-licenses"]),
  subject: text,
  values: z.array(text),
  paths: z.array(text),
});
const onConflict = z.enum(["refuse", "skip", "accept"]);
export const preflight = z.strictObject({
  stickId: id,
  /** Devices, each once. */
  found: count,
  files: count,
  /** Requests that ask once more for a device already asked for. */
  duplicates: count,
  rejected: z.array(rejectedRow),
  conflicts: z.array(conflictRow),
  renewals: count,
  onServer: count.nullable(),
  seatsNeeded: count,
  seatsLeft: count.nullable(),
  licenses: z.array(
    z.strictObject({
      last4: text,
      state: text,
      seatLimit: count.nullable(),
      activeSeats: count.nullable(),
      expiresAt: instant.nullable(),
      problem: failure.nullable(),
    }),
  ),
  policy: z.strictObject({
    ttlDays: count,
    graceDays: count,
    effectiveDays: z.number(),
    warnings: z.array(z.enum(["slow-revocation", "license-ends-first", "no-grace"])),
  }),
  bytesNeeded: count,
  bytesFree: count.nullable(),
  estimatedSeconds: z.number(),
  /** What the station's own licence lets be done of it. */
  allowance: z.strictObject({
    limit: count.nullable(),
    left: count.nullable(),
    wouldGet: count.nullable(),
    problem: failure.nullable(),
  }),
  problem: failure.nullable(),
});
export const batchView = z.strictObject({
  id,
  stickId: id.nullable(),
  stickLabel: text,
  product: text,
  workOrder: text.nullable(),
  operator: text.nullable(),
  startedAt: instant,
  phase: z.enum(["working", "paused", "delivering", "finished", "stopped", "unfinished"]),
  step: z.enum(["activating", "writing", "verifying", "committing", "done"]),
  devices: count,
  /** Devices whose file was issued, delivered ones among them. */
  issued: count,
  delivered: count,
  failed: count,
  skipped: count,
  rejected: count,
  perSecond: z.number(),
  secondsLeft: z.number().nullable(),
  /** Rises with every change; rows are fetched anew when it does. */
  revision: count,
  rehearsal: z.boolean(),
  problem: failure.nullable(),
});
export const proof = z.strictObject({
  batch: id,
  folder: text,
  files: count,
  manifestSha256: text,
  sumsSha256: text,
  readBack: z.enum(["direct", "cached"]),
  checkpoint: text,
  /** The envelope as it lies on the stick; "" when that is not there any more. */
  manifest: z.string().max(4_194_304),
});

/* ---- devices and ledger ---- */
export const deviceHit = z.strictObject({
  fingerprintSha256: text,
  fingerprint: text.nullable(),
  name: text.nullable(),
  serial: text.nullable(),
  lastIssuedAt: instant.nullable(),
  expiresAt: instant.nullable(),
  files: count,
});
export const ledgerRow = z.strictObject({
  index: count,
  type: text,
  at: instant,
  batch: text.nullable(),
  fingerprintSha256: text.nullable(),
  deviceName: text.nullable(),
  operator: text.nullable(),
  json: z.string().max(70_000),
});
export const verification = z.strictObject({
  running: z.boolean(),
  done: count,
  total: count,
  ok: z.boolean().nullable(),
  problems: z.array(text),
  finishedAt: instant.nullable(),
});

const page = { offset: count, limit: z.int().min(1).max(500) };

/** What must be given before anything else can be asked. A home that is not made yet needs a new passphrase. */
export const lockState = z.strictObject({ needs: z.enum(["passphrase", "new-passphrase"]).nullable() });

/** name -> input and output. */
export const calls = {
  "lock.state": { input: none, output: lockState },
  "lock.open": { input: z.strictObject({ secret }), output: lockState },

  "settings.get": { input: none, output: settingsView },
  "settings.update": { input: settings.partial(), output: settingsView },
  "settings.set-api-key": { input: z.strictObject({ secret }), output: settingsView },
  "settings.test-connection": {
    input: none,
    output: z.strictObject({
      ok: z.boolean(),
      apiVersion: text.nullable(),
      latencyMs: z.number().nullable(),
      problem: failure.nullable(),
    }),
  },
  "settings.choose-ca": { input: none, output: settingsView },
  "keys.export": { input: none, output: z.strictObject({ folder: text.nullable(), files: z.array(text) }) },

  "licenses.list": { input: none, output: z.array(licenseView) },
  "licenses.add": {
    input: z.strictObject({
      label: z.string().max(128),
      product: z.string().max(100),
      pool: z.string().max(128),
      secret,
    }),
    output: z.array(licenseView),
  },
  "licenses.remove": { input: z.strictObject({ id }), output: z.array(licenseView) },
  "licenses.check": { input: z.strictObject({ id }), output: z.array(licenseView) },
  "policies.list": { input: none, output: z.array(policyView) },
  "policies.save": {
    input: z.strictObject({
      id: id.nullable(),
      label: z.string().min(1).max(128),
      ttlDays: z.int().min(1).max(3650),
      graceDays: z.int().min(0).max(30),
    }),
    output: z.array(policyView),
  },
  "policies.remove": { input: z.strictObject({ id }), output: z.array(policyView) },
  "job.get": { input: none, output: job },
  "job.set": { input: job, output: job },

  "sticks.add-folder": { input: none, output: z.array(stickView) },
  "sticks.remove-folder": { input: z.strictObject({ stickId: id }), output: z.array(stickView) },
  "sticks.read": { input: z.strictObject({ stickId: id }), output: z.array(stickView) },

  "batch.preflight": { input: z.strictObject({ stickId: id }), output: preflight },
  "batch.start": { input: z.strictObject({ stickId: id, onConflict }), output: batchView },
  "batch.continue": {
    input: z.strictObject({ stickId: id, acceptSigningKey: z.boolean(), giveUp: z.boolean() }),
    output: batchView,
  },
  "batch.pause": { input: z.strictObject({ batch: id }), output: batchView },
  "batch.unpause": { input: z.strictObject({ batch: id }), output: batchView },
  "batch.stop": { input: z.strictObject({ batch: id }), output: batchView },
  "batch.retry-failed": { input: z.strictObject({ batch: id }), output: batchView },
  "batch.list": { input: z.strictObject(page), output: z.strictObject({ total: count, rows: z.array(batchView) }) },
  "batch.rows": {
    input: z.strictObject({ batch: id, ...page, status: z.array(deviceStatus), query: z.string().max(255) }),
    output: z.strictObject({ revision: count, total: count, rows: z.array(deviceRow) }),
  },
  "batch.rejected": { input: z.strictObject({ batch: id }), output: z.array(rejectedRow) },
  "batch.proof": { input: z.strictObject({ batch: id }), output: proof.nullable() },
  "batch.report": {
    input: z.strictObject({ batch: id, form: z.enum(["text", "csv"]) }),
    output: z.strictObject({ name: text, content: z.string() }),
  },

  "single.issue": {
    input: z.strictObject({ fingerprint: z.string().max(255), name: z.string().max(255), stickId: id.nullable() }),
    output: z.strictObject({
      batch: id,
      fileName: text,
      certificate: z.string(),
      fileSha256: text,
      ledgerIndex: count,
      expiresAt: instant,
      deliveredTo: text.nullable(),
    }),
  },

  "devices.search": {
    input: z.strictObject({ query: z.string().max(255), ...page }),
    output: z.strictObject({ total: count, rows: z.array(deviceHit) }),
  },
  "devices.history": {
    input: z.strictObject({ fingerprintSha256: z.string().length(64) }),
    output: z.array(ledgerRow),
  },
  "devices.receipt": {
    input: z.strictObject({ index: count }),
    output: z.strictObject({ name: text, content: z.string() }),
  },
  /** Gives back the seat that the ledger says the device holds; null: the server knew of none. */
  "devices.deactivate": {
    input: z.strictObject({ fingerprintSha256: z.string().length(64), reason: z.string().max(512) }),
    output: z.strictObject({ activationId: text.nullable() }),
  },

  "ledger.page": {
    input: z.strictObject({
      before: count.nullable(),
      limit: z.int().min(1).max(500),
      type: text.nullable(),
      query: z.string().max(255),
    }),
    output: z.strictObject({ size: count, rows: z.array(ledgerRow) }),
  },
  "ledger.verify": { input: none, output: verification },
  "ledger.export": { input: none, output: z.strictObject({ folder: text.nullable(), entries: count }) },
  "ledger.checkpoint": { input: none, output: z.strictObject({ checkpoint: text }) },

  "stats.summary": {
    input: none,
    output: z.strictObject({
      /** One point a minute of this session. */
      throughput: z.array(z.strictObject({ at: instant, issued: count, failed: count })),
      pools: z.array(z.strictObject({ pool: text, seatLimit: count.nullable(), activeSeats: count })),
      /** Files that expire in each month from now, `YYYY-MM`. */
      expiring: z.array(z.strictObject({ month: z.string().length(7), files: count })),
    }),
  },
  "rehearsal.begin": { input: none, output: settingsView },
  "rehearsal.end": { input: none, output: settingsView },
  /** A folder filled with realistic request files, offered as a stick; rehearsal only. */
  "rehearsal.make-stick": { input: z.strictObject({ devices: z.int().min(1).max(1000) }), output: z.array(stickView) },

  ...slotsCalls,
  ...carryCalls,
  ...licenceCalls,
  ...auditCalls,
  ...operatorCalls,
  ...witnessCalls,
} as const;

/** name -> what the feed's snapshots hold; a new subscriber gets the present one at once. */
export const feeds = {
  status: z.strictObject({
    station: text,
    operator: text,
    api: z.strictObject({ url: text, reachable: z.boolean().nullable(), since: instant.nullable() }),
    seatsLeft: count.nullable(),
    ledger: z.strictObject({
      size: count,
      root: text,
      health: z.enum(["unchecked", "good", "broken"]),
      /** Why it is broken: nothing is spent or appended then, and what is left can be searched and exported. */
      problem: text.nullable().optional(),
    }),
    rehearsal: z.boolean(),
    busy: z.boolean(),
  }),
  sticks: z.array(stickView),
  batches: z.array(batchView),
  verification,
  ...slotsFeeds,
  ...licenceFeeds,
  ...auditFeeds,
  ...operatorFeeds,
} as const;

export type CallName = keyof typeof calls;
export type FeedName = keyof typeof feeds;
export type CallInput<N extends CallName> = z.infer<(typeof calls)[N]["input"]>;
export type CallOutput<N extends CallName> = z.infer<(typeof calls)[N]["output"]>;
export type FeedSnapshot<N extends FeedName> = z.infer<(typeof feeds)[N]>;
