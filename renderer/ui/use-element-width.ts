import { type RefCallback, useCallback, useRef, useState } from "react";

/** An element's width in pixels, followed as it changes; 0 until it is known. */
export function useElementWidth(): readonly [RefCallback<HTMLElement>, number] {
  const [width, setWidth] = useState(0);
  const observer = useRef<ResizeObserver | null>(null);
  const ref = useCallback((element: HTMLElement | null) => {
    observer.current?.disconnect();
    observer.current = null;
    if (element === null) return;
    observer.current = new ResizeObserver(() => setWidth(Math.round(element.clientWidth)));
    observer.current.observe(element);
  }, []);
  return [ref, width];
}
