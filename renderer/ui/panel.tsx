import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "./button.tsx";

/** Slides in beside the work and takes nothing away from it. Escape closes it. */
export function Panel(props: {
  readonly title: ReactNode;
  readonly closeLabel: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { title, closeLabel, onClose, children } = props;
  const id = useId();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      if (before instanceof HTMLElement && panel.current?.contains(document.activeElement) !== false) before.focus();
    };
  }, []);
  return (
    <aside
      ref={panel}
      className="panel"
      aria-labelledby={id}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <div className="panel-head">
        <h2 id={id} className="cut">
          {title}
        </h2>
        <Button kind="quiet" label={closeLabel} onPress={onClose}>
          <X size={22} aria-hidden />
        </Button>
      </div>
      {/* Long panels scroll, so their body takes the focus that scrolling by keys needs. */}
      <div className="panel-body" tabIndex={0} role="group" aria-labelledby={id}>
        {children}
      </div>
    </aside>
  );
}
