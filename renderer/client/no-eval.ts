import { z } from "zod";

/**
 * Schemas are interpreted instead of compiled: the page's content policy refuses code made from text. Imported before
 * everything else, since schemas decide when they are made.
 */
z.config({ jitless: true });
