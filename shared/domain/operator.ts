/** Who works at the station, and what people may sign for. */

export const roles = ["operator", "supervisor", "auditor", "administrator"] as const;
export type Role = (typeof roles)[number];

/** What policy may ask a second person for. */
export const approvalSubjects = [
  "large-drive",
  "conflict-override",
  "key-rotation",
  "licence-recovery",
  "deactivation",
] as const;
export type ApprovalSubject = (typeof approvalSubjects)[number];

/** What an operator's signature says about the entries that it covers. */
export const signatureMeanings = [
  "started",
  "approved",
  "refused",
  "overrode",
  "rotated",
  "recovered",
  "allotted",
  "administered",
  "deactivated",
] as const;
export type SignatureMeaning = (typeof signatureMeanings)[number];
