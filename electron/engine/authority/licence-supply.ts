import { type Failure, StationError, toFailure } from "#shared/domain/errors.ts";
import { utf8 } from "#shared/formats/encoding.ts";
import { maxTokenBytes } from "#shared/formats/station-token.ts";
import type { AuthorityParts } from "./authority-parts.ts";
import type { InstalledLicence } from "./installed-licence.ts";
import type { LicenceSource } from "./licence-store.ts";
import { tokenText } from "./verify-token.ts";
import { readRegularFile, watchFile } from "./watched-file.ts";

/** Where tokens come from: pasted ones, the environment's, and a file that is watched. */
export class LicenceSupply {
  readonly #parts: AuthorityParts;
  readonly #installed: InstalledLicence;
  #problem: Failure | null = null;
  #loading: Promise<void> = Promise.resolve();
  #watching = new AbortController();
  #following: { readonly signal: AbortSignal; readonly changed: () => void } | null = null;

  constructor(parts: AuthorityParts, installed: InstalledLicence) {
    this.#parts = parts;
    this.#installed = installed;
  }

  /** Why what was offered last was not taken. */
  get problem(): Failure | null {
    return this.#problem;
  }

  /** Takes what the environment and the watched file offer at the start. */
  async open(): Promise<void> {
    const { environment, store } = this.#parts;
    if (environment !== null) await this.#offer(() => tokenText(utf8(environment)), "environment");
    const file = store.watchedFile();
    if (file !== null) await this.#offer(() => tokenIn(file), "file");
  }

  async install(token: string, source: LicenceSource): Promise<void> {
    await this.#installed.install(tokenText(utf8(token)), source);
    this.#problem = null;
  }

  async watch(path: string | null): Promise<void> {
    if (path !== null) await this.#installed.install(tokenIn(path), "file");
    this.#parts.store.watch(path);
    this.#problem = null;
    this.#arm();
  }

  follow(signal: AbortSignal, changed: () => void): void {
    this.#following = { signal, changed };
    this.#arm();
  }

  /** What a file or the environment offers replaces a good licence only by another good one. */
  async #offer(read: () => string, source: LicenceSource): Promise<void> {
    try {
      await this.#installed.install(read(), source);
      this.#problem = null;
    } catch (error) {
      const failure = toFailure(error);
      this.#installed.noteRefused(failure);
      this.#problem = failure;
    }
  }

  /** Watches the file that is to be watched now, if a program that stays has asked for it. */
  #arm(): void {
    this.#watching.abort();
    this.#watching = new AbortController();
    const path = this.#parts.store.watchedFile();
    const following = this.#following;
    if (path === null || following === null) return;
    const signal = AbortSignal.any([following.signal, this.#watching.signal]);
    watchFile(path, this.#parts.clock, signal, () => {
      // One after another: a slow verification must not end after a later one.
      this.#loading = this.#loading.then(async () => {
        if (signal.aborted) return;
        const before = this.#state();
        await this.#offer(() => tokenIn(path), "file");
        if (this.#state() !== before) following.changed();
      });
    });
  }

  #state(): string {
    return [this.#installed.licence?.tokenSha256, this.#problem?.message].join();
  }
}

function tokenIn(path: string): string {
  const bytes = readRegularFile(path, maxTokenBytes + 2);
  if (bytes instanceof Uint8Array) return tokenText(bytes);
  throw new StationError(
    "LICENCE_FILE_UNREADABLE",
    `The licence file is ${bytes === "missing" ? "not there" : bytes === "too-large" ? "too large for a token" : "not readable"}. Check it, or stop watching it.`,
  );
}
