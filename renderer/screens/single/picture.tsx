import { useRef, useState } from "react";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Note } from "../../ui/note.tsx";
import { readQr } from "./read-qr.ts";

const largestBytes = 32 * 1024 * 1024;

/** Reads the QR code of a picture that the person chooses. */
export function Picture(props: { readonly onText: (text: string) => void }) {
  const { onText } = props;
  const { text } = useText();
  const words = text.single;
  const input = useRef<HTMLInputElement>(null);
  const [isNone, setNone] = useState(false);
  const read = async (file: File) => {
    setNone(false);
    const found = file.size > largestBytes ? null : await textOf(file);
    if (found === null) setNone(true);
    else onText(found);
  };
  return (
    <div className="stack-tight">
      <input
        ref={input}
        className="file-input"
        type="file"
        accept="image/png,image/jpeg,image/webp"
        aria-label={words.pictureChoose}
        tabIndex={-1}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file !== undefined) void read(file);
        }}
      />
      <span>
        <Button onPress={() => input.current?.click()}>{words.pictureChoose}</Button>
      </span>
      {isNone ? (
        <Note tone="held">
          <p>{words.pictureNone}</p>
        </Note>
      ) : null}
    </div>
  );
}

async function textOf(file: File): Promise<string | null> {
  try {
    const bitmap = await createImageBitmap(file);
    const found = readQr(bitmap, bitmap.width, bitmap.height);
    bitmap.close();
    return found;
  } catch {
    return null;
  }
}
