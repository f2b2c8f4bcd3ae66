type Child = Node | string | null;

/** An element with attributes and children; text is always text, never markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | boolean>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

const shapes = {
  good: "M24 3a21 21 0 1 1 0 42 21 21 0 0 1 0-42Zm12.200 14.400-4-4-11.400 11.900-5.200-5.100-4 4.100L20.900 33.300Z",
  bad: "M24 3 47 44H1ZM21 17v13h6V17Zm0 17v5.500h6V34Z",
  open: "M24 5a19 19 0 1 1 0 38 19 19 0 0 1 0-38Zm0 5a14 14 0 1 0 0 28 14 14 0 0 0 0-28Z",
} as const;

/** A state's own shape, so that it is not told by colour alone. */
export function icon(shape: keyof typeof shapes): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 48 48");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", shapes[shape]);
  path.setAttribute("fill-rule", "evenodd");
  path.setAttribute("fill", "currentColor");
  svg.append(path);
  return svg;
}
