import { sha256Hex } from "#shared/crypto/sha256.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import type { CallName, CallOutput } from "#shared/ipc/contract.ts";
import type { FakeHandler } from "./fake-desk.ts";
import { FakeRefusal } from "./fake-refusal.ts";

type WitnessCall = Extract<CallName, `witness.${string}`> | "keys.rotate";
type View = CallOutput<"witness.list">;

const note = (size: number, seed: string) =>
  `plant-2.example/bench-4\n${size}\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— plant-2.example/bench-4 ${seed}rlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n`;

/** Keys and witnesses of a fake engine. @param refuse throws where policy asks a second person */
export function createFakeWitness(start: {
  readonly size: () => number;
  readonly isContradicted: boolean;
  readonly refuseRotation: () => void;
  readonly rotated: (use: "ledger" | "manifest" | "minisign") => void;
}) {
  const hq = "hq.example/witness+7b1f9d20+BK3V0aUMcpYBv3zKqLqQ1vWq0SJWy0f7lTnLk2W9rM0a";
  let view: Omit<View, "size"> = {
    policy: { needed: 1, keys: [hq] },
    ownKey: "plant-2.example/bench-4+1c9f02ab+BPq0fJYwYF2b6C3u1sVg1g9WfQy1b6x3mV4uTn9o0cXe",
    seen: [
      { entry: 1201, at: "2026-11-21T16:02:00Z", size: 1180, stick: "4C530001170723117345" },
      { entry: 902, at: "2026-11-17T07:45:00Z", size: 861, stick: null },
    ],
    cosigned: [{ size: 861, witnesses: ["hq.example/witness"] }],
    contradictions: start.isContradicted
      ? [
          {
            entry: 1277,
            at: "2026-11-22T08:12:00Z",
            size: 1344,
            reason: "ahead",
            stick: "4C530001170723117346",
            checkpoint: note(1344, "Az3g"),
            ownCheckpoint: note(1276, "Az4h"),
          },
        ]
      : [],
  };
  const now = (): View => ({ size: start.size(), ...view });
  const handlers: { readonly [N in WitnessCall]: FakeHandler<N> } = {
    "keys.rotate": ({ use }) => {
      start.refuseRotation();
      start.rotated(use);
      return { use, entry: start.size(), oldSha256: sha256Hex(utf8(use)), newSha256: sha256Hex(utf8(`new ${use}`)) };
    },
    "witness.list": now,
    "witness.add": ({ note: given }) => {
      if (given?.includes("elsewhere") === true) throw new FakeRefusal("LEDGER_FOREIGN");
      const size = start.size() - 1;
      view = { ...view, seen: [{ entry: size, at: "2026-11-22T09:12:00Z", size, stick: null }, ...view.seen] };
      return { size, witnesses: ["hq.example/witness"], needed: 1, view: now() };
    },
    "witness.policy": (policy) => {
      view = { ...view, policy };
      return now();
    },
  };
  return handlers;
}
