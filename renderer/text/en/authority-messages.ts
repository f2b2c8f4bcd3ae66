import type { Messages } from "../message.ts";

const nothingSpent = "No seat was taken and no stick was written.";

export const authorityMessages = {
  OPERATOR_UNKNOWN: [
    "Badge and PIN do not belong together.",
    "Nobody was signed in.",
    "Check the badge, then enter the PIN again.",
  ],
  OPERATOR_LOCKED_OUT: [
    "Too many wrong PINs were given for this badge.",
    "The badge has to wait. Slots that run go on.",
    "Wait until the time is over, or ask an administrator for a new PIN.",
  ],
  OPERATOR_SIGN_IN_NEEDED: ["Nobody is signed in.", nothingSpent, "Scan your badge and enter your PIN."],
  OPERATOR_NOT_ALLOWED: [
    "Your role does not allow this.",
    "Nothing was changed.",
    "Ask a supervisor or an administrator to sign in and do it.",
  ],
  APPROVAL_NEEDED: [
    "A second person has to approve this first.",
    nothingSpent,
    "Ask a supervisor to come here with their badge.",
  ],
} as const satisfies Partial<Messages>;
