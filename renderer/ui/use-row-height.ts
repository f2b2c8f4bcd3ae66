import { useEffect, useState } from "react";

/** Height of a table's row in pixels, as the density and the reader's own font size have it. */
export function useRowHeight(): number {
  const [height, setHeight] = useState(measure);
  useEffect(() => {
    const observer = new MutationObserver(() => setHeight(measure()));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-density", "style"] });
    return () => observer.disconnect();
  }, []);
  return height;
}

function measure(): number {
  const style = getComputedStyle(document.documentElement);
  const rem = Number.parseFloat(style.fontSize) || 16;
  return (Number.parseFloat(style.getPropertyValue("--row")) || 2.5) * rem;
}
