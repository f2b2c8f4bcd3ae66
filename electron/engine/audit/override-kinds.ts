import type { BodyOf, LedgerEntryType } from "#shared/domain/ledger-entry.ts";
import type { IndexedEntry, Ledger } from "../ledger/ledger.ts";

/** What an entry says of a person's decision; where it names nobody, who it came about by or the batch's operator does. */
interface Said {
  readonly kind: string;
  readonly operator: string | null;
  readonly subject: string;
}

type Reading<T extends LedgerEntryType> = (entry: IndexedEntry<T>["entry"]) => Said | null;

/**
 * Entry type -> how to tell an override by it; null: this one is none. Every type that records a decision has a row here,
 * and only here.
 */
const readings: { readonly [T in LedgerEntryType]?: Reading<T> } = {
  "signing-key.trusted": ({ how, operator, kid }) => {
    if (how === "first-use") return null;
    return { kind: how === "accepted" ? "signing-key-accepted" : "signing-key-pinned", operator, subject: kid };
  },
  "key.rotated": ({ use, operator }) => ({ kind: "key-rotated", operator: operator ?? null, subject: use }),
  "drive.allowed": ({ drive }) => ({ kind: "drive-allowed", operator: null, subject: drive }),
  "vendor-key.added": ({ operator, sha256 }) => ({ kind: "vendor-key-added", operator, subject: sha256 }),
  "witness.policy": ({ operator, needed }) => ({ kind: "witness-policy-set", operator, subject: String(needed) }),
  "licence.policy": ({ expired }) => ({ kind: "licence-policy-set", operator: null, subject: expired }),
  "licence.removed": ({ licence_id }) => ({ kind: "licence-removed", operator: null, subject: licence_id }),
  "licence.recovered": ({ event_index }) => ({
    kind: "tamper-recovered",
    operator: null,
    subject: `entry ${event_index}`,
  }),
  "tamper.detected": ({ kind }) => ({ kind: "tamper-detected", operator: null, subject: kind }),
  "approval.given": (entry) => ({ kind: "approval-given", operator: null, subject: approvalSubject(entry) }),
  "approval.refused": (entry) => ({ kind: "approval-refused", operator: null, subject: approvalSubject(entry) }),
  "approval.used": (entry) => ({ kind: "approval-used", operator: null, subject: approvalSubject(entry) }),
  // What else is signed is no override, or has a row of its own.
  "operator.signed": ({ meaning, subject_sha256 }) =>
    meaning === "overrode" ? { kind: "override-signed", operator: null, subject: subject_sha256 } : null,
  "operator.policy-set": ({ approvals }) => ({
    kind: "operator-policy-set",
    operator: null,
    subject: approvals.join(" "),
  }),
  "deactivation.intended": ({ fingerprint_sha256 }) => ({
    kind: "device-deactivated",
    operator: null,
    subject: fingerprint_sha256,
  }),
  "batch.started": ({ on_conflict, decided, operator, product }) => {
    if (on_conflict === "accept") return { kind: "conflict-accepted", operator, subject: product };
    return decided === undefined ? null : { kind: "stick-decided", operator, subject: decided.join(" ") };
  },
  "batch.abandoned": ({ reason }) => ({ kind: "batch-abandoned", operator: null, subject: reason }),
};

function approvalSubject({ subject, reference }: Pick<BodyOf<"approval.used">, "subject" | "reference">): string {
  return `${subject} ${reference}`;
}

/** What the station writes as the code of a device that the operator gave up on. */
const givenUp = "CANCELLED";

/** Every override, in no order. */
export function findOverrides(ledger: Ledger): readonly (IndexedEntry & { readonly said: Said })[] {
  const found: (IndexedEntry & { readonly said: Said })[] = [];
  for (const type of Object.keys(readings) as LedgerEntryType[]) {
    // The type ties a reading to its entries; the union of all types hides that from the compiler.
    const read = readings[type] as Reading<LedgerEntryType>;
    for (const { index, entry } of ledger.entriesOfType(type)) {
      const said = read(entry);
      if (said !== null) found.push({ index, entry, said });
    }
  }
  // Devices are given up inside a batch, which then ends with failures: the others need not be read.
  for (const { entry: ended } of ledger.entriesOfType("batch.finished")) {
    if (ended.failed === 0) continue;
    for (const { index, entry } of ledger.batchEntries(ended.batch)) {
      if (entry.type !== "device.failed" || entry.code !== givenUp) continue;
      found.push({
        index,
        entry,
        said: { kind: "device-given-up", operator: null, subject: entry.fingerprint_sha256 },
      });
    }
  }
  return found;
}
