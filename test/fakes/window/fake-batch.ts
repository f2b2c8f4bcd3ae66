import type { CallInput, CallOutput, FeedSnapshot } from "#shared/ipc/contract.ts";
import { fakeFailure, fakeRow } from "./fake-rows.ts";

type BatchView = FeedSnapshot<"batches">[number];

/** A batch that proceeds as time is given to it: taken up, written, verified, committed. */
export interface FakeBatch {
  readonly view: () => BatchView;
  readonly rows: (input: CallInput<"batch.rows">) => CallOutput<"batch.rows">;
  readonly rejected: () => CallOutput<"batch.rejected">;
  readonly advance: (ms: number) => void;
  readonly setPhase: (phase: BatchView["phase"]) => void;
  readonly retry: () => void;
}

const rejected: CallOutput<"batch.rejected"> = [
  {
    path: "EXPORT/oven-0009.fingerprint.txt",
    line: null,
    code: "FINGERPRINT_LENGTH",
    message: "The fingerprint has 5 bytes.",
  },
  {
    path: "EXPORT/notes.fingerprint.json",
    line: null,
    code: "REQUEST_DUPLICATE_MEMBER",
    message: "fingerprint is there twice.",
  },
  {
    path: "fingerprints.csv",
    line: 118,
    code: "REQUEST_FORMULA",
    message: "The cell device_name begins with an equals sign.",
  },
];

export function createFakeBatch(start: {
  readonly id: string;
  readonly stickId: string | null;
  readonly stickLabel: string;
  readonly devices: number;
  readonly startedAt: string;
  readonly perSecond: number;
  readonly rehearsal: boolean;
  /** Devices already taken up. */
  readonly reached?: number;
  readonly isClean?: boolean;
}): FakeBatch {
  const { id, devices, perSecond } = start;
  const isClean = start.isClean === true;
  let reached = start.reached ?? 0;
  let phase: BatchView["phase"] = "working";
  let step: BatchView["step"] = "activating";
  let stepShare = 0;
  let revision = 1;
  let healed = isClean;
  const failedUpTo = (count: number) => {
    if (healed) return 0;
    let failed = 0;
    for (let index = 0; index < count; index += 1) if (fakeFailure(index) !== null) failed += 1;
    return failed;
  };
  const isDelivered = () => step === "done";
  const rowAt = (index: number) => {
    const row = fakeRow(id, index, Math.floor(reached), isDelivered());
    if (!healed || row.status !== "failed") return row;
    return { ...row, status: isDelivered() ? ("delivered" as const) : ("issued" as const), error: null };
  };
  return {
    view() {
      const failed = failedUpTo(Math.floor(reached));
      const issued = Math.floor(reached) - failed;
      const isOver = phase === "finished" || phase === "stopped";
      return {
        id,
        stickId: start.stickId,
        stickLabel: start.stickLabel,
        product: "acme-gateway",
        workOrder: "WO-4711",
        operator: "R. Vogel",
        startedAt: start.startedAt,
        phase,
        step,
        devices,
        issued,
        delivered: isDelivered() ? issued : 0,
        failed,
        skipped: 0,
        rejected: isClean ? 0 : rejected.length,
        perSecond: isOver || phase === "paused" ? 0 : perSecond,
        secondsLeft: isOver ? null : (devices - reached) / perSecond + 4,
        revision,
        rehearsal: start.rehearsal,
        problem: null,
      };
    },
    rows({ offset, limit, status, query }) {
      const needle = query.trim().toLowerCase();
      if (status.length === 0 && needle === "") {
        const count = Math.max(0, Math.min(limit, devices - offset));
        return { revision, total: devices, rows: Array.from({ length: count }, (_, at) => rowAt(offset + at)) };
      }
      const all = Array.from({ length: devices }, (_, index) => rowAt(index)).filter(
        (row) =>
          (status.length === 0 || status.includes(row.status)) &&
          `${row.name ?? ""} ${row.serial ?? ""} ${row.fingerprint}`.toLowerCase().includes(needle),
      );
      return { revision, total: all.length, rows: all.slice(offset, offset + limit) };
    },
    rejected: () => (isClean ? [] : rejected),
    advance(ms) {
      if (phase !== "working" && phase !== "delivering") return;
      revision += 1;
      if (step === "activating") {
        reached = Math.min(devices, reached + (perSecond * ms) / 1000);
        if (reached < devices) return;
        phase = "delivering";
        step = "writing";
        return;
      }
      stepShare += ms / 1200;
      if (stepShare < 1) return;
      stepShare = 0;
      step = step === "writing" ? "verifying" : step === "verifying" ? "committing" : "done";
      if (step === "done") phase = "finished";
    },
    setPhase(now) {
      phase = now;
      revision += 1;
    },
    retry() {
      healed = true;
      phase = "delivering";
      step = "writing";
      revision += 1;
    },
  };
}
