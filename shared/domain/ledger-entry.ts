import { z } from "zod";
import { approvalSubjects, roles, signatureMeanings } from "./operator.ts";
import { stickDecisions } from "./stick-decision.ts";

/**
 * Everything the ledger can say. Stored as RFC 8785 JSON, one line an entry (FORMATS section 4). Schemas are for
 * writing and for our own reading; auditors need only `v`, `type` and `at`. No entry holds a licence key or an API key.
 */
const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/);
const text = z.string().max(1024);
const count = z.int().min(0);
const batch = z.string().regex(/^[0-9A-Za-z-]{8,64}$/);

/** A licence key may only be told by these two (FORMATS section 2). */
const licenseReference = z.strictObject({ last4: z.string().max(16), sha256: sha256Hex });
const stick = z.strictObject({
  folder: text.nullable(),
  volume_uuid: text.nullable(),
  usb_serial: text.nullable(),
  size_bytes: count.nullable(),
  file_system: text.nullable(),
});
const policy = z.strictObject({ ttl_days: count, grace_days: count });
/** A signed note: small, but cosigners' lines come on top of our own. */
const note = z.string().max(16_384);
/** The last that is known of a ledger whose keys or whose home were lost. */
const predecessor = z.strictObject({
  origin: text,
  /** Its public key, as a C2SP vkey. */
  ledger_vkey: text,
  tree_size: count,
  /** Of the signed note, byte for byte. */
  checkpoint_sha256: sha256Hex,
  checkpoint: note,
  reason: text,
});
const operatorId = z.string().regex(/^op-[0-9a-f]{16}$/);
const publicKey = z.string().length(44);
const approval = z.string().regex(/^ap-[0-9a-f]{16}$/);
const approvalOf = { approval, subject: z.enum(approvalSubjects), reference: text };

export const ledgerEntryBodies = {
  "ledger.created": z.strictObject({
    station: text,
    origin: text,
    ledger_vkey: text,
    manifest_key_sha256: sha256Hex,
    minisign_key_id: text,
    /** Only of a ledger that goes on where a lost one ended; see ledger/LEDGER.md, "Links". */
    predecessor: predecessor.optional(),
  }),
  "signing-key.trusted": z.strictObject({
    api: text,
    kid: text,
    public_key: text,
    how: z.enum(["pinned", "first-use", "accepted"]),
    operator: text.nullable(),
  }),
  "signing-key.changed": z.strictObject({
    api: text,
    kid: text,
    public_key: text,
    recorded_kid: text,
    recorded_public_key: text,
  }),
  "batch.started": z.strictObject({
    batch,
    api: text,
    product: text,
    licenses: z.array(licenseReference).max(200),
    policy,
    operator: text.nullable(),
    work_order: text.nullable(),
    stick,
    devices: count,
    rejected: count,
    rehearsal: z.boolean(),
    /** What the operator decided about requests that contradict each other; absent before 0.1.0 wrote it. */
    on_conflict: z.enum(["refuse", "skip", "accept"]).optional(),
    /** What somebody decided about a stick that armed mode held; `by` says who. Absent: it went unasked, or by hand. */
    decided: z.array(z.enum(stickDecisions)).min(1).max(stickDecisions.length).optional(),
    station_version: text,
  }),
  /** Made durable before any call that may take a seat for this device. */
  "activation.intended": z.strictObject({
    batch,
    fingerprint: text,
    fingerprint_sha256: sha256Hex,
    device_name: text.nullable(),
    serial: text.nullable(),
    asset_tag: text.nullable(),
    platform: text.nullable(),
    request_path: text,
    request_sha256: sha256Hex,
    license_sha256: sha256Hex,
  }),
  "activation.recorded": z.strictObject({
    batch,
    fingerprint_sha256: sha256Hex,
    activation_id: text,
    activated_at: text,
    license_sha256: sha256Hex,
    license_expires_at: text.nullable(),
    seat_limit: count.nullable(),
    active_seats: count,
  }),
  "machine-file.issued": z.strictObject({
    batch,
    file_sha256: sha256Hex,
    size_bytes: count,
    fingerprint_sha256: sha256Hex,
    activation_id: text,
    device_name: text.nullable(),
    serial: text.nullable(),
    product: text,
    license_sha256: sha256Hex,
    kid: text,
    issued_at: instant,
    expires_at: instant,
    grace_seconds: count,
  }),
  "device.failed": z.strictObject({
    batch,
    fingerprint_sha256: sha256Hex,
    device_name: text.nullable(),
    stage: z.enum(["activate", "issue", "verify"]),
    code: text,
    message: text,
    /** Whether this device holds a seat on the server as far as the station was told. */
    seat: z.enum(["none", "taken", "unknown"]),
  }),
  "device.skipped": z.strictObject({ batch, fingerprint_sha256: sha256Hex, device_name: text.nullable(), code: text }),
  "request.rejected": z.strictObject({ batch, path: text, line: count.nullable(), code: text }),
  "delivery.intended": z.strictObject({ batch, stick, folder: text, files: count, bytes: count }),
  "delivery.committed": z.strictObject({
    batch,
    stick,
    folder: text,
    files: count,
    bytes: count,
    manifest_sha256: sha256Hex,
    sums_sha256: sha256Hex,
    read_back: z.enum(["direct", "cached"]),
  }),
  "batch.finished": z.strictObject({ batch, delivered: count, failed: count, skipped: count, resumed: z.boolean() }),
  "batch.abandoned": z.strictObject({ batch, seats_unknown: count, reason: text }),
  /** A checkpoint that this station signed and that is not part of this ledger, kept with today's own beside it. */
  "stick.contradicted": z.strictObject({
    /** Null when the checkpoint came another way than on a stick. */
    stick: stick.nullable(),
    checkpoint: note,
    own_checkpoint: note.optional(),
    code: text,
    tree_size: count,
    reason: text,
  }),
  /** A checkpoint of this ledger came back from outside and is an earlier state of it. */
  "witness.seen": z.strictObject({
    stick: stick.nullable(),
    tree_size: count,
    /** Of the signed note. */
    checkpoint_sha256: sha256Hex,
  }),
  /** Others vouch for a checkpoint of this ledger (C2SP tlog-cosignature). */
  "witness.cosigned": z.strictObject({ tree_size: count, checkpoint: note, witnesses: z.array(text).max(32) }),
  "witness.policy": z.strictObject({
    /** How many of the keys must vouch for a checkpoint. */
    needed: count,
    /** C2SP vkeys of cosigners. */
    keys: z.array(text).max(32),
    operator: text.nullable(),
  }),
  /** This station vouches for another's ledger: the newest entry of an origin is what it has seen of it. */
  "checkpoint.cosigned": z.strictObject({
    origin: text,
    ledger_vkey: text,
    tree_size: count,
    root_hash: text,
    checkpoint: note,
    /** Seconds since 1970. */
    cosigned_at: count,
  }),
  /** Two checkpoints of one size that the same ledger's key signed: proof that it was forked. */
  "checkpoint.refused": z.strictObject({
    origin: text,
    tree_size: count,
    checkpoint: note,
    seen_checkpoint: note,
  }),
  "key.rotated": z.strictObject({
    use: z.enum(["ledger", "manifest", "minisign"]),
    old_public_key: text,
    new_public_key: text,
    old_signature: text,
    new_signature: text,
    /** Not among what the keys sign: who asked for it is the ledger's word. */
    operator: text.nullable().optional(),
  }),
  /** Made durable before the server is asked to end a device's activation (batch/DEACTIVATION.md). */
  "deactivation.intended": z.strictObject({
    fingerprint_sha256: sha256Hex,
    product: text,
    license_sha256: sha256Hex,
    api: text,
    reason: text.nullable(),
  }),
  "deactivation.recorded": z.strictObject({
    fingerprint_sha256: sha256Hex,
    product: text,
    license_sha256: sha256Hex,
    /** Null: the server knew of none. */
    activation_id: text.nullable(),
  }),
  /** A licence for another product, to be delivered by this batch. The token itself is a secret and not here. */
  "licence-token.carried": z.strictObject({
    batch,
    file_sha256: sha256Hex,
    size_bytes: count,
    kind: z.enum(["sentari", "stella"]),
    token_id: text,
    vendor_key_sha256: sha256Hex,
    expires_at: instant,
    /** The server or scanner it is for, as the operator named it. */
    target: text.nullable(),
    file_name: text,
  }),
  /** A drive, or every one up to a size, that may be worked on although policy calls it too large. */
  "drive.allowed": z.strictObject({ drive: text, size_bytes: count, usb_serial: text.nullable() }),
  "vendor-key.added": z.strictObject({
    sha256: sha256Hex,
    kind: z.enum(["ed25519", "rsa"]),
    /** What it may sign: licences of this station, or licences the station carries for others. */
    use: z.enum(["station", "carry"]),
    /** The PEM file, standard base64. */
    public_key: z.string().max(8192),
    operator: text.nullable(),
  }),
  /** A token came into force. Of it only its hash and what it claims: the token itself is a secret. */
  "licence.activated": z.strictObject({
    licence_id: text,
    token_sha256: sha256Hex,
    vendor_key_sha256: sha256Hex,
    form: z.enum(["ed25519", "jwt"]),
    source: z.enum(["pasted", "file", "environment", "issuer"]),
    customer: text,
    tier: text,
    issued_at: instant,
    expires_at: instant,
    grace_days: count,
    read_only_days: count,
    max_offline_days: count,
    max_devices: count.nullable(),
    daily_quota: count.nullable(),
    burst_count: count.nullable(),
    burst_seconds: count.nullable(),
    station: sha256Hex.nullable(),
  }),
  "licence.removed": z.strictObject({ licence_id: text, token_sha256: sha256Hex }),
  /** The issuer's own signed answer to a question of this station's, with its own time. */
  "licence.contact": z.strictObject({ licence_id: text, token_sha256: sha256Hex, reached_at: instant }),
  "licence.policy": z.strictObject({ expired: z.enum(["as-none", "hard-fail"]) }),
  "tamper.detected": z.strictObject({
    kind: z.enum(["stored-claims", "ledger-behind-witness", "clock-behind"]),
    detail: text,
    /** SHA-256 of what was seen: the stored claims, the witness's checkpoint, the clock's reading. */
    evidence_sha256: sha256Hex,
  }),
  /** Ends every tamper event up to and with this one. */
  "licence.recovered": z.strictObject({ event_index: count, event_sha256: sha256Hex, token_sha256: sha256Hex }),
  /** Operators: what their accounts are is what these entries add up to (authority/OPERATORS.md). */
  "operator.added": z.strictObject({
    operator: operatorId,
    name: text,
    role: z.enum(roles),
    badge_sha256: sha256Hex,
    /** Raw Ed25519, base64. */
    public_key: publicKey,
  }),
  "operator.changed": z.strictObject({
    operator: operatorId,
    name: text,
    role: z.enum(roles),
    active: z.boolean(),
  }),
  /** A PIN seals the key that it opens, so a new PIN is a new key. */
  "operator.pin-set": z.strictObject({ operator: operatorId, public_key: publicKey }),
  "operator.policy-set": z.strictObject({
    approvals: z.array(z.enum(approvalSubjects)).max(approvalSubjects.length),
    lock_after_minutes: count,
    need_allotment: z.boolean(),
  }),
  "operator.signed-in": z.strictObject({ operator: operatorId }),
  "operator.signed-out": z.strictObject({ operator: operatorId, how: z.enum(["asked", "idle", "replaced", "closed"]) }),
  "operator.refused": z.strictObject({ operator: operatorId, failures: count, locked_until: instant.nullable() }),
  /** Covers the entries directly before it (formats/operator-signature.md). */
  "operator.signed": z.strictObject({
    operator: operatorId,
    meaning: z.enum(signatureMeanings),
    covers: count,
    subject_sha256: sha256Hex,
    public_key: publicKey,
    signature: text,
  }),
  "approval.asked": z.strictObject({ ...approvalOf, reason: text, expires_at: instant }),
  "approval.given": z.strictObject(approvalOf),
  "approval.refused": z.strictObject(approvalOf),
  "approval.used": z.strictObject(approvalOf),
  "work-order.allotted": z.strictObject({
    allotment: z.string().regex(/^al-[0-9a-f]{16}$/),
    work_order: text,
    product: text,
    count,
    max_ttl_days: count,
    from: instant,
    to: instant,
  }),
} as const;

export type LedgerEntryType = keyof typeof ledgerEntryBodies;

/**
 * One entry's body by its type, before `v` and `at` are added. Any entry may say by which operator it came about; while
 * the station has accounts, every entry does that somebody signed in brought about.
 */
export type LedgerEntryBody = {
  [T in LedgerEntryType]: { readonly type: T; readonly by?: string } & Readonly<z.infer<(typeof ledgerEntryBodies)[T]>>;
}[LedgerEntryType];

/** An entry as stored: the body with its version and instant. */
export type LedgerEntry = LedgerEntryBody & { readonly v: 1; readonly at: string };

/** The body of one type. */
export type BodyOf<T extends LedgerEntryType> = Extract<LedgerEntryBody, { type: T }>;
