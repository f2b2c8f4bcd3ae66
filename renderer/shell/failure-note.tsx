import type { ErrorCode } from "#shared/domain/errors.ts";
import type { ComponentProps } from "react";
import { useText } from "../text/use-text.ts";
import { FailureWords } from "./failure-words.tsx";
import { ApprovalOffer } from "./people/approval-offer.tsx";

/** A failure with the way on that it has: where a second person is needed, they can be asked on the spot. */
export function FailureNote(props: ComponentProps<typeof FailureWords>) {
  const { failure, children } = props;
  if (failure.code !== "APPROVAL_NEEDED") return <FailureWords {...props} />;
  return (
    <FailureWords {...props} tone="held">
      {children}
      <ApprovalOffer details={failure.details} />
    </FailureWords>
  );
}

/** The first sentence alone, for a table's cell. */
export function useFailureWords(): (code: ErrorCode) => string {
  const { text } = useText();
  return (code) => text.messages[code][0];
}
