/** How much of a stick is looked at (FORMATS section 1, and limits of our own where it names none). */
export interface IntakeCaps {
  readonly requestFileBytes: number;
  readonly listBytes: number;
  /** Asked for in files and lines together, refused ones included. */
  readonly requests: number;
  readonly entriesPerFolder: number;
  /** Ours: entries looked at on a whole stick. */
  readonly entries: number;
  /** Ours: bytes of request files whose content is kept. */
  readonly keptBytes: number;
  /** Ours: reports about folders and names; what is over it is not reported one by one. */
  readonly rejections: number;
  /** Levels below the root in which request files are read. */
  readonly folderDepth: number;
}

export const defaultCaps: IntakeCaps = {
  requestFileBytes: 65_536,
  listBytes: 8_388_608,
  requests: 100_000,
  entriesPerFolder: 20_000,
  entries: 500_000,
  keptBytes: 268_435_456,
  rejections: 10_000,
  folderDepth: 3,
};
