import { inject, test } from "vitest";
import { launchChromium, openFake, serveWindow } from "./window.ts";
test("prof", async () => {
  const served = await serveWindow();
  const browser = await launchChromium();
  const { page } = await openFake(
    browser,
    { address: served.address, script: inject("fakeEngineScript") },
    { scenario: "big", hash: "#/batch" },
  );
  await page.getByText("10,000 devices shown").waitFor();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Profiler.enable");
  await cdp.send("Profiler.start");
  const frames: number[] = await page.evaluate(
    `new Promise((resolve) => { const grid = document.querySelector('.table'); const f = []; let last = performance.now(); const s = (n) => { f.push(n - last); last = n; grid.scrollTop += 120; if (f.length < 200) requestAnimationFrame(s); else resolve(f); }; requestAnimationFrame(s); })`,
  );
  const { profile } = await cdp.send("Profiler.stop");
  const self = new Map<string, number>();
  const dt = profile.timeDeltas!;
  const byId = new Map(profile.nodes.map((n) => [n.id, n]));
  profile.samples!.forEach((id, i) => {
    const n = byId.get(id)!;
    const k = n.callFrame.functionName + " " + n.callFrame.url.slice(-30) + ":" + n.callFrame.lineNumber;
    self.set(k, (self.get(k) ?? 0) + (dt[i] ?? 0) / 1000);
  });
  console.log(
    frames
      .sort((a, b) => a - b)
      .filter((_, i) => i % 20 === 0)
      .map((x) => x.toFixed(0))
      .join(" "),
    "total",
    frames.reduce((a, b) => a + b, 0),
  );
  console.log(
    [...self]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 22)
      .map(([k, v]) => `${v.toFixed(0)} ms ${k}`)
      .join("\n"),
  );
  await browser.close();
  served.close();
});
