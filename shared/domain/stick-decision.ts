/**
 * What a person may decide about a stick that armed mode holds, by the reason for which it is held: to go on without the
 * requests that were refused, or to give devices a file although they have one already.
 */
export const stickDecisions = ["some-refused", "repeat-elsewhere", "lost", "some-repeats", "renewal"] as const;
export type StickDecision = (typeof stickDecisions)[number];

export function isStickDecision(reason: string): reason is StickDecision {
  return (stickDecisions as readonly string[]).includes(reason);
}
