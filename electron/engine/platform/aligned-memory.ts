/**
 * Memory that starts at a page boundary, as O_DIRECT demands. An ordinary Buffer is not aligned, and Node has no
 * way to ask for one that is; a WebAssembly memory is, because the engine maps it. One slot is one 64 KiB page.
 */
export const slotBytes = 65_536;

/** Runs `use` with a slot of its own; waits when all are taken. */
export async function withAlignedSlot<T>(use: (slot: Uint8Array) => Promise<T>): Promise<T> {
  const slot = free.pop() ?? (made < mostSlots ? makeSlot() : await nextFree());
  try {
    return await use(slot);
  } finally {
    const waiter = waiting.shift();
    if (waiter === undefined) free.push(slot);
    else waiter(slot);
  }
}

// 2 MiB in all; more reads than this at once gain nothing on one stick.
const mostSlots = 32;
declare const WebAssembly: {
  Memory: new (size: { readonly initial: number; readonly maximum: number }) => { readonly buffer: ArrayBuffer };
};
const free: Uint8Array[] = [];
const waiting: ((slot: Uint8Array) => void)[] = [];
let made = 0;

function makeSlot(): Uint8Array {
  made++;
  return new Uint8Array(new WebAssembly.Memory({ initial: 1, maximum: 1 }).buffer);
}

function nextFree(): Promise<Uint8Array> {
  return new Promise((resolve) => {
    waiting.push(resolve);
  });
}
