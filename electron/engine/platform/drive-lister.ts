/** A mounted volume on removable media, fit to be offered as a stick. */
export interface Drive {
  /** The same while it stays plugged in and mounted. */
  readonly id: string;
  readonly mountPoint: string;
  readonly label: string;
  readonly sizeBytes: number | null;
  readonly fileSystem: string | null;
  /** Number of the slot that its port was taught for. */
  readonly slot?: number | null;
}

/** What is plugged in now. A system that cannot be asked has nothing to offer. */
export interface DriveLister {
  list(): Promise<readonly Drive[]>;
}
