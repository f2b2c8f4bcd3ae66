import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button.tsx";

/** Copies and says so for a moment; nothing else on the screen moves. */
export function CopyButton(props: {
  readonly text: () => Promise<string | null> | string;
  readonly label: string;
  readonly copied: string;
}) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 2000);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async () => {
    const text = await props.text();
    if (text === null) return;
    await navigator.clipboard.writeText(text);
    setDone(true);
  };
  return (
    <Button onPress={() => void copy().catch(() => undefined)}>
      {done ? <Check size={18} aria-hidden /> : <Copy size={18} aria-hidden />}
      <span aria-live="polite" className="tool-word">
        {done ? props.copied : props.label}
      </span>
    </Button>
  );
}
