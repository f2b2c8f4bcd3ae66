import { useEffect, useRef, useState } from "react";
import { useText } from "../../text/use-text.ts";
import { Button } from "../../ui/button.tsx";
import { Note } from "../../ui/note.tsx";
import { readQr } from "./read-qr.ts";

const lookEveryMs = 200;

/** Looks through the camera for QR codes; the picture leaves this window nowhere. */
export function Camera(props: { readonly onText: (text: string) => void }) {
  const { onText } = props;
  const { text } = useText();
  const words = text.single;
  const video = useRef<HTMLVideoElement>(null);
  const [isOn, setOn] = useState(false);
  const [isMissing, setMissing] = useState(false);
  const report = useRef(onText);
  report.current = onText;
  useEffect(() => {
    if (!isOn) return;
    let stream: MediaStream | null = null;
    let isCurrent = true;
    const start = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
        if (!isCurrent || video.current === null) return stop();
        video.current.srcObject = stream;
        await video.current.play();
      } catch {
        if (isCurrent) {
          setMissing(true);
          setOn(false);
        }
      }
    };
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    void start();
    const timer = setInterval(() => {
      const element = video.current;
      if (element === null) return;
      const found = readQr(element, element.videoWidth, element.videoHeight);
      if (found !== null) report.current(found);
    }, lookEveryMs);
    return () => {
      isCurrent = false;
      clearInterval(timer);
      stop();
    };
  }, [isOn]);
  return (
    <div className="stack-tight">
      {isOn ? (
        <>
          <video ref={video} className="camera" muted playsInline aria-label={words.cameraStream} />
          <p>{words.cameraLook}</p>
        </>
      ) : null}
      {isMissing ? (
        <Note tone="held">
          <p>{words.cameraNone}</p>
        </Note>
      ) : null}
      <span>
        <Button
          onPress={() => {
            setMissing(false);
            setOn(!isOn);
          }}
        >
          {isOn ? words.cameraStop : words.cameraStart}
        </Button>
      </span>
    </div>
  );
}
