import type { ReactElement, SVGProps } from "react";

export type Shape = "outline" | "dots" | "circle" | "ring" | "check" | "triangle" | "bars" | "dash";

/** A shape of its own for each state, heavy enough to be told apart from four metres. Drawn in the text's colour. */
export function StateIcon(props: { readonly shape: Shape; readonly size?: number | string }) {
  const { shape, size = 20 } = props;
  return (
    <svg className={`state-icon state-icon-${shape}`} viewBox="0 0 48 48" width={size} height={size} aria-hidden>
      {shapes[shape]}
    </svg>
  );
}

const thick: SVGProps<SVGCircleElement> = { fill: "none", stroke: "currentColor", strokeWidth: 6 };

const shapes: Readonly<Record<Shape, ReactElement>> = {
  outline: <circle cx="24" cy="24" r="18" {...thick} strokeWidth={4} strokeDasharray="7 6.5" />,
  dots: (
    <g fill="currentColor">
      <circle cx="9" cy="24" r="5" />
      <circle cx="24" cy="24" r="5" />
      <circle cx="39" cy="24" r="5" />
    </g>
  ),
  circle: <circle cx="24" cy="24" r="19" fill="currentColor" />,
  ring: (
    <g>
      <circle cx="24" cy="24" r="17" {...thick} opacity="0.35" />
      <path d="M24 7a17 17 0 0 1 17 17" fill="none" stroke="currentColor" strokeWidth="6" strokeLinecap="round" />
    </g>
  ),
  check: (
    <path
      fillRule="evenodd"
      fill="currentColor"
      d="M24 3a21 21 0 1 1 0 42 21 21 0 0 1 0-42Zm12.2 14.4-4-4-11.400 11.900-5.200-5.100-4 4.100L20.900 33.300Z"
    />
  ),
  triangle: (
    <path
      fillRule="evenodd"
      fill="currentColor"
      d="M24 3 47 44H1ZM21 17v13h6V17Zm0 17v5.500h6V34Z"
      strokeLinejoin="round"
    />
  ),
  bars: (
    <g fill="currentColor">
      <rect x="8" y="6" width="12" height="36" rx="1.500" />
      <rect x="28" y="6" width="12" height="36" rx="1.500" />
    </g>
  ),
  dash: <rect x="8" y="20" width="32" height="8" rx="1.500" fill="currentColor" />,
};
