import { ProgressBar } from "react-aria-components";

/** `value` is 0 to 1. */
export function Progress(props: { readonly label: string; readonly value: number; readonly text: string }) {
  const percent = Math.round(Math.min(1, Math.max(0, props.value)) * 100);
  return (
    <ProgressBar className="progress" aria-label={props.label} value={percent} valueLabel={props.text}>
      <div className="small weak">{props.text}</div>
      <div className="progress-track">
        <div className="progress-fill" style={{ width: `${percent}%` }} />
      </div>
    </ProgressBar>
  );
}
