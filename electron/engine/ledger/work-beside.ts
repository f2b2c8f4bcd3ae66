/** Work that goes on beside its one maker, a bounded number at a time. After a failure nothing new begins. */
export class WorkBeside {
  #running = 0;
  #failure: { readonly error: unknown } | null = null;
  #wake = () => {};

  /** Begins it, however much is going on. */
  start(work: () => Promise<void>): void {
    if (this.#failure !== null) return;
    this.#running += 1;
    void work()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#running -= 1;
        this.#wake();
      });
  }

  /** Begins it, and resolves when there is room for more. @throws what any of the work threw first */
  async begin(work: () => Promise<void>): Promise<void> {
    this.start(work);
    await this.#until(mostAtOnce - 1);
    this.#check();
  }

  /** Resolves when nothing is going on any more. @throws what any of the work threw first */
  async over(): Promise<void> {
    await this.#until(0);
    this.#check();
  }

  async #until(most: number): Promise<void> {
    while (this.#running > most) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}

// Twice the threads that files are written by, so that none waits for more to come.
const mostAtOnce = 32;
