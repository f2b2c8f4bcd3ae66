import { join } from "node:path";
import type { z } from "zod";
import { job as schema } from "#shared/ipc/job-contract.ts";
import { type Document, openDocument } from "./document.ts";

/** What is provisioned when nothing else is said. */
export type JobDefaults = Readonly<z.infer<typeof schema>>;

/** Nothing is chosen yet. */
export const noJob: JobDefaults = { product: "", pool: "", policyId: null, workOrder: "" };

/** `job.json` */
export function openJob(home: string): Document<JobDefaults> {
  return openDocument<JobDefaults>(join(home, "job.json"), schema, noJob);
}
