import { ChevronLeft, ChevronRight, Pause, Play } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { splitIntoQrParts } from "../../model/qr-parts.ts";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { QrCode } from "../../ui/qr-code.tsx";

const stepMs = 900;

/** A text as one QR code or several that can be run through; it starts standing still. */
export function QrSequence(props: { readonly content: string }) {
  const { content } = props;
  const { text } = useText();
  const words = text.single;
  const parts = useMemo(() => splitIntoQrParts(content), [content]);
  const [at, setAt] = useState(0);
  const [isPlaying, setPlaying] = useState(false);
  const count = parts?.length ?? 0;
  useEffect(() => {
    if (!isPlaying || count < 2) return;
    const timer = setInterval(() => setAt((now) => (now + 1) % count), stepMs);
    return () => clearInterval(timer);
  }, [isPlaying, count]);
  const part = parts?.[at];
  if (part === undefined) return <p>{words.qrTooLong}</p>;
  const step = (by: number) => {
    setPlaying(false);
    setAt((at + by + count) % count);
  };
  return (
    <div className="qr-walk">
      <QrCode text={part} label={words.qrLabel(at + 1, count)} />
      {count === 1 ? null : (
        <div className="qr-buttons">
          <Button label={words.qrPrevious} onPress={() => step(-1)}>
            <ChevronLeft size={22} aria-hidden />
          </Button>
          <Button onPress={() => setPlaying(!isPlaying)}>
            {isPlaying ? <Pause size={18} aria-hidden /> : <Play size={18} aria-hidden />}
            {isPlaying ? words.qrStop : words.qrPlay}
          </Button>
          <span className="strong nowrap">
            {at + 1} / {count}
          </span>
          <Button label={words.qrNext} onPress={() => step(1)}>
            <ChevronRight size={22} aria-hidden />
          </Button>
        </div>
      )}
      <p className="hint">{words.qrHint(count)}</p>
    </div>
  );
}
