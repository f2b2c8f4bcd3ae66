import { z } from "zod";
import { approvalSubjects, roles } from "#shared/domain/operator.ts";
import { count, id, instant, none, text } from "./fields.ts";

/**
 * Calls and feeds about the station's own licence, its operators, and licences it carries for others. Same rules as
 * contract.ts: strict objects, secrets inwards only, no paths.
 */

const secret = z.string().min(1).max(65_536);

const lifeCycleStates = ["none", "active", "grace", "read-only", "locked-out", "tampered"] as const;

export const licenceView = z.strictObject({
  state: z.enum(lifeCycleStates),
  /** What the station may do now; `writes` false means that no seat is spent and no stick written. */
  writes: z.boolean(),
  /** Why not, or what to do soon; codes LICENCE_*, STATION_*. */
  notices: z.array(z.strictObject({ code: text, message: text })),
  form: z.enum(["ed25519", "jwt"]).nullable(),
  licenceId: text.nullable(),
  customer: text.nullable(),
  email: text.nullable(),
  tier: text.nullable(),
  sku: text.nullable(),
  issuedAt: instant.nullable(),
  expiresAt: instant.nullable(),
  /** Edges of the life cycle, so that a screen can count down. */
  graceEndsAt: instant.nullable(),
  readOnlyEndsAt: instant.nullable(),
  /** When writing stops for want of contact, and when the licensing side was last reached with proof. */
  offlineEndsAt: instant.nullable(),
  lastContactAt: instant.nullable(),
  maxOfflineDays: count.nullable(),
  /** Null limit: none. */
  quota: z.strictObject({ limit: count.nullable(), last24Hours: count, today: count, freeAt: instant.nullable() }),
  devices: z.strictObject({ limit: count.nullable(), used: count }),
  burst: z.strictObject({ count, seconds: count }).nullable(),
  /** Where the token came from. */
  source: z.enum(["none", "pasted", "file", "environment", "issuer"]),
  /** Shown, never sent back: the watched file's path. */
  watchedFile: text.nullable(),
  boundToThisStation: z.boolean(),
  /** SHA-256 fingerprints of the vendor keys that are believed, bundled ones first. */
  vendorKeys: z.array(z.strictObject({ sha256: text, kind: z.enum(["ed25519", "rsa"]), bundled: z.boolean() })),
  /** What tamper detection has seen; empty while all is well. */
  tampering: z.array(z.strictObject({ kind: text, message: text, at: instant })),
  expiredPolicy: z.enum(["as-none", "hard-fail"]),
});

export const operatorView = z.strictObject({
  id,
  /** What is printed on the badge; never the PIN. */
  badge: z.string().max(64),
  name: z.string().max(128),
  role: z.enum(roles),
  active: z.boolean(),
  /** SHA-256 of the operator's public key. */
  keySha256: text,
  lockedUntil: instant.nullable(),
});

export const sessionView = z.strictObject({
  /** False while no account exists: then everybody may do everything, as `settings.operator` says who. */
  accounts: z.boolean(),
  operator: operatorView.nullable(),
  /** Calls this operator may make. */
  allowed: z.array(z.string().max(64)),
  lockAfterMinutes: z.int().min(0).max(1440),
});

export const approvalView = z.strictObject({
  id,
  subject: z.enum(approvalSubjects),
  summary: text,
  askedBy: text,
  askedAt: instant,
  state: z.enum(["waiting", "approved", "refused", "used", "expired"]),
  decidedBy: text.nullable(),
});

export const allotmentView = z.strictObject({
  id,
  workOrder: z.string().min(1).max(128),
  product: z.string().max(100),
  count,
  used: count,
  maxTtlDays: z.int().min(1).max(3650),
  from: instant,
  to: instant,
  signedBy: text,
});

const carriedView = z.strictObject({
  kind: z.enum(["sentari", "stella"]),
  customer: text,
  tier: text,
  licenceId: text,
  expiresAt: instant,
  fileName: text,
  tokenSha256: text,
  vendorKeySha256: text,
  problem: z.strictObject({ code: text, message: text }).nullable(),
});

export const licenceCalls = {
  "licence.get": { input: none, output: licenceView },
  /** Verified before anything is kept; a token that does not verify changes nothing. */
  "licence.paste": { input: z.strictObject({ secret }), output: licenceView },
  "licence.remove": { input: none, output: licenceView },
  "licence.watch-file": { input: none, output: licenceView },
  "licence.unwatch-file": { input: none, output: licenceView },
  /** Fetches a token: `register` with an address, `refresh` with the token held now. Through the settings' proxy. */
  "licence.fetch": {
    input: z.strictObject({
      how: z.enum(["register", "refresh"]),
      issuer: z.string().max(2048),
      email: z.string().max(254),
    }),
    output: licenceView,
  },
  "licence.add-vendor-key": { input: none, output: licenceView },
  "licence.set-expired-policy": {
    input: z.strictObject({ policy: z.enum(["as-none", "hard-fail"]) }),
    output: licenceView,
  },
  /** The way back from a tamper event; itself logged. */
  "licence.recover": { input: z.strictObject({ secret, approval: id.nullable() }), output: licenceView },
} as const;

export const operatorCalls = {
  "session.get": { input: none, output: sessionView },
  "session.sign-in": { input: z.strictObject({ badge: z.string().min(1).max(64), secret }), output: sessionView },
  "session.sign-out": { input: none, output: sessionView },
  /** Tells the engine that somebody is there; without it auto-lock strikes. */
  "session.touch": { input: none, output: sessionView },
  "operators.list": { input: none, output: z.array(operatorView) },
  /** The first one made is the administrator. */
  "operators.add": {
    input: z.strictObject({
      badge: z.string().min(1).max(64),
      name: z.string().min(1).max(128),
      role: z.enum(roles),
      secret,
    }),
    output: z.array(operatorView),
  },
  "operators.change": {
    input: z.strictObject({ id, name: z.string().min(1).max(128), role: z.enum(roles), active: z.boolean() }),
    output: z.array(operatorView),
  },
  "operators.set-pin": { input: z.strictObject({ id, secret }), output: z.array(operatorView) },
  "operators.policy": {
    input: z.strictObject({
      approvals: z.array(z.enum(approvalSubjects)).nullable(),
      lockAfterMinutes: z.int().min(0).max(1440).nullable(),
      needAllotment: z.boolean().nullable(),
    }),
    output: z.strictObject({
      approvals: z.array(z.enum(approvalSubjects)),
      lockAfterMinutes: z.int().min(0).max(1440),
      needAllotment: z.boolean(),
    }),
  },

  "approvals.list": { input: none, output: z.array(approvalView) },
  "approvals.ask": {
    input: z.strictObject({
      subject: z.enum(approvalSubjects),
      reference: z.string().max(256),
      reason: z.string().min(1).max(512),
    }),
    output: approvalView,
  },
  /** The second person shows badge and PIN; the session stays the first one's. */
  "approvals.decide": {
    input: z.strictObject({ id, badge: z.string().min(1).max(64), secret, approve: z.boolean() }),
    output: approvalView,
  },

  "allotments.list": { input: none, output: z.array(allotmentView) },
  "allotments.sign": {
    input: z.strictObject({
      workOrder: z.string().min(1).max(128),
      product: z.string().min(1).max(100),
      count: z.int().min(1).max(1_000_000),
      maxTtlDays: z.int().min(1).max(3650),
      from: instant,
      to: instant,
    }),
    output: z.array(allotmentView),
  },
} as const;

export const carryCalls = {
  /** Reads and verifies a licence for somebody else's product; keeps nothing. */
  "carry.inspect": { input: z.strictObject({ secret: secret.nullable() }), output: carriedView.nullable() },
  /** Puts the one inspected last on the stick. */
  "carry.deliver": {
    input: z.strictObject({ stickId: id, target: z.string().max(128), fileName: z.string().max(64) }),
    output: z.strictObject({ batch: id, folder: text, fileName: text, ledgerIndex: count }),
  },
  "carry.fetch": {
    input: z.strictObject({
      how: z.enum(["register", "refresh"]),
      issuer: z.string().max(2048),
      email: z.string().max(254),
    }),
    output: carriedView,
  },
} as const;

export const licenceFeeds = { licence: licenceView } as const;

export const operatorFeeds = { session: sessionView, approvals: z.array(approvalView) } as const;
