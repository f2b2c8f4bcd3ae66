/** Milliseconds of a UTC day, leap seconds being none of a computer clock's. */
export const dayMs = 86_400_000;

/** Instants in the order in which they came, which never fall. */
export class RisingTimes {
  #times: number[] = [];

  push(atMs: number): void {
    this.#times.push(atMs);
  }

  /** Puts one back into its place. */
  insert(atMs: number): void {
    this.#times.splice(this.#firstAfter(atMs), 0, atMs);
  }

  remove(atMs: number): void {
    const place = this.#firstAfter(atMs) - 1;
    if (this.#times[place] === atMs) this.#times.splice(place, 1);
  }

  /** How many came after that instant. */
  countAfter(ms: number): number {
    return this.#times.length - this.#firstAfter(ms);
  }

  /** The n-th after that instant, counted from 0; null when there are not so many. */
  after(ms: number, n: number): number | null {
    return this.#times[this.#firstAfter(ms) + n] ?? null;
  }

  forgetBefore(ms: number): void {
    const first = this.#firstAfter(ms - 1);
    if (first > 0) this.#times = this.#times.slice(first);
  }

  #firstAfter(ms: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? 0) > ms) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/**
 * The devices of the newest instant's UTC day and of the one before it. A device counts once a day, at the first of its
 * intents of that day that still stands.
 */
export class DayWindow {
  readonly #days = new Map<number, Map<string, number[]>>();
  readonly #counted = new RisingTimes();

  add(device: string, atMs: number): void {
    const day = Math.floor(atMs / dayMs);
    const devices = this.#days.get(day) ?? this.#begin(day);
    const intents = devices.get(device);
    if (intents !== undefined) {
      intents.push(atMs);
      return;
    }
    devices.set(device, [atMs]);
    this.#counted.push(atMs);
  }

  /** An intent that came to nothing. If others of the same device and day stand, the next of them counts instead. */
  remove(device: string, atMs: number): void {
    const devices = this.#days.get(Math.floor(atMs / dayMs));
    const intents = devices?.get(device);
    if (devices === undefined || intents === undefined) return;
    const [first] = intents;
    intents.splice(intents.indexOf(atMs), 1);
    const [next] = intents;
    if (next === first) return;
    this.#counted.remove(atMs);
    if (next === undefined) devices.delete(device);
    else this.#counted.insert(next);
  }

  /** How many devices were counted after that instant, which is at most a day before the newest. */
  countAfter(ms: number): number {
    return this.#counted.countAfter(ms);
  }

  after(ms: number, n: number): number | null {
    return this.#counted.after(ms, n);
  }

  countOn(day: number): number {
    return this.#days.get(day)?.size ?? 0;
  }

  has(device: string, day: number): boolean {
    return this.#days.get(day)?.has(device) ?? false;
  }

  #begin(day: number): Map<string, number[]> {
    const devices = new Map<string, number[]>();
    for (const known of this.#days.keys()) if (known < day - 1) this.#days.delete(known);
    this.#counted.forgetBefore((day - 1) * dayMs);
    this.#days.set(day, devices);
    return devices;
  }
}
