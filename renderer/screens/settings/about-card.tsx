import type { Settings } from "../../model/live.ts";
import { useText } from "../../text/use-text.ts";

const keys = {
  next: "Ctrl Enter",
  screens: "Ctrl 1–9",
  search: "/",
  move: "← ↑ → ↓",
  copy: "C",
  close: "Esc",
} as const;

export function AboutCard(props: { readonly settings: Settings }) {
  const { settings } = props;
  const { text } = useText();
  const rows = text.settings.look.shortcutRows;
  return (
    <section className="card">
      <div>
        <h2>{text.settings.sections.about}</h2>
        <p className="weak">{text.settings.about.body}</p>
      </div>
      <p>
        {text.settings.about.version} <span className="strong">{settings.version}</span>
        {" · "}
        {text.settings.about.license}
      </p>
      <h3>{text.settings.look.shortcuts}</h3>
      <dl className="shortcuts">
        {(Object.keys(keys) as (keyof typeof keys)[]).map((name) => (
          <Shortcut key={name} keys={keys[name]} words={rows[name]} />
        ))}
      </dl>
    </section>
  );
}

function Shortcut(props: { readonly keys: string; readonly words: string }) {
  return (
    <>
      <dt>
        <kbd>{props.keys}</kbd>
      </dt>
      <dd>{props.words}</dd>
    </>
  );
}
