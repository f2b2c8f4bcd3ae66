import { shortFingerprint } from "../model/format.ts";
import "./fingerprint.css";

/** First four, ellipsis, last four; whole on focus or under the pointer, copied with a press or the Enter key. */
export function Fingerprint(props: { readonly value: string; readonly copyLabel: string }) {
  const { value, copyLabel } = props;
  return (
    <button
      type="button"
      className="fingerprint"
      title={copyLabel}
      onClick={() => void navigator.clipboard.writeText(value)}
    >
      <span className="fingerprint-short">{shortFingerprint(value)}</span>
      <span className="fingerprint-whole">{value}</span>
      <span className="unseen">. {copyLabel}</span>
    </button>
  );
}
