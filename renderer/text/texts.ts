import type { en } from "./en.ts";
import type { Shape } from "./shape.ts";

/** Every string a person sees, as each language must have it. */
export type Texts = Shape<typeof en>;
