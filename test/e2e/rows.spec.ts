import type { CDPSession, Page } from "playwright";
import { describe, expect, test } from "vitest";
import { chromiumPath, fakeWindows } from "./window.ts";

const frameCount = 240;
/** Pixels a frame; a brisk turn of the wheel. */
const briskStep = 120;
const largestHeapMb = 120;

interface Scroll {
  /** Milliseconds each frame took, shortest first. They say as much of the machine as of the window. */
  readonly frames: readonly number[];
  /** Elements that came, went or had an attribute changed, over all frames. */
  readonly touched: number;
  readonly pixels: number;
}

const scrollAndWatch = (step: number) => `new Promise((resolve) => {
  const grid = document.querySelector('.table');
  const frames = [];
  let touched = 0;
  const elements = (nodes) => [...nodes].reduce((sum, node) => sum + (node instanceof Element ? 1 + node.querySelectorAll('*').length : 0), 0);
  const watch = (changes) => {
    for (const change of changes) touched += change.type === 'childList' ? elements(change.addedNodes) + elements(change.removedNodes) : 1;
  };
  const observer = new MutationObserver(watch);
  observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  const from = grid.scrollTop;
  let last = performance.now();
  const frame = (now) => {
    frames.push(now - last);
    last = now;
    grid.scrollTop += ${step};
    if (frames.length < ${frameCount}) requestAnimationFrame(frame);
    else {
      watch(observer.takeRecords());
      observer.disconnect();
      resolve({ frames: frames.slice(5).sort((a, b) => a - b), touched, pixels: grid.scrollTop - from });
    }
  };
  requestAnimationFrame(frame);
})`;

/** What the page's main thread did while `work` ran: whole numbers, but for the processor's own time in milliseconds. */
async function spentBy<T>(devtools: CDPSession, work: () => Promise<T>) {
  const metrics = async () => {
    const answer = await devtools.send("Performance.getMetrics");
    return new Map(answer.metrics.map(({ name, value }) => [name, value]));
  };
  const before = await metrics();
  const result = await work();
  const after = await metrics();
  const grown = (name: string) => (after.get(name) ?? Number.NaN) - (before.get(name) ?? Number.NaN);
  return {
    result,
    layouts: grown("LayoutCount"),
    styles: grown("RecalcStyleCount"),
    processorMs: grown("TaskDuration") * 1000,
  };
}

describe.skipIf(chromiumPath === undefined)("ten thousand rows", () => {
  const windows = fakeWindows();
  const p95 = (frames: readonly number[]) => frames[Math.floor(frames.length * 0.95)] ?? Number.NaN;
  const scroll = (page: Page, step: number) => page.evaluate<Scroll>(scrollAndWatch(step));

  test("scroll with little work a frame, few elements and little memory", async () => {
    const { page, complaints } = await windows.open({ scenario: "big", hash: "#/batch" });
    await page.getByText("10,000 devices shown").waitFor();
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
    const still = await scroll(page, 0);
    const { result: moved, layouts, styles, processorMs } = await spentBy(devtools, () => scroll(page, briskStep));
    const heapMb = await page.evaluate<number>("performance.memory.usedJSHeapSize / 1e6");
    const row = page.locator(".table-row");
    const drawn = await row.count();
    const rowHeight = (await row.first().boundingBox())?.height ?? Number.NaN;
    const rowElements = await row.first().evaluate((element) => 1 + element.querySelectorAll("*").length);
    console.info(
      `10,000 rows: p95 frame ${p95(moved.frames).toFixed(1)} ms (${p95(still.frames).toFixed(1)} ms standing still), ` +
        `${(processorMs / frameCount).toFixed(1)} ms of processor, ${(layouts / frameCount).toFixed(1)} layouts and ` +
        `${(moved.touched / frameCount).toFixed(0)} elements a frame, heap ${heapMb.toFixed(0)} MB, ${drawn} rows drawn`,
    );
    expect(moved.pixels).toBe(briskStep * frameCount);
    expect(drawn).toBeLessThan(80);
    // A row that scrolls past comes once and goes once; two touches more allow for what moves it and marks it.
    const rowsPassed = moved.pixels / rowHeight + drawn;
    expect(moved.touched).toBeLessThan(rowsPassed * (2 * rowElements + 2));
    // One layout for what scrolled in, one for measuring it.
    expect(layouts).toBeLessThanOrEqual(2 * frameCount);
    expect(styles).toBeLessThanOrEqual(3 * frameCount);
    expect(heapMb).toBeLessThan(largestHeapMb);

    await page.locator(".table").focus();
    await page.keyboard.press("End");
    await page.getByRole("gridcell", { name: /-10000$/ }).waitFor();
    await page.keyboard.press("Enter");
    await page
      .locator("aside")
      .getByRole("heading", { name: /-10000$/ })
      .waitFor();
    expect(complaints).toEqual([]);
  });
});
