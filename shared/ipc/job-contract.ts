import { z } from "zod";
import { count, id, instant, none, secret } from "./fields.ts";

/** Calls about licences, policies, and the job made of them. Same rules as contract.ts. */

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

export const jobCalls = {
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
} as const;
