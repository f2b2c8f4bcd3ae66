import { toBuffer } from "qrcode";
import { expect, inject, test } from "vitest";
import { chromiumPath, launchChromium, openFake, serveWindow } from "./window.ts";

test.skipIf(chromiumPath === undefined)(
  "the QR code in a picture fills the form; a picture without one says so",
  async () => {
    const served = await serveWindow();
    const browser = await launchChromium();
    const opened = await openFake(
      browser,
      { address: served.address, script: inject("fakeEngineScript") },
      { scenario: "busy", hash: "#/single" },
    );
    try {
      const { page } = opened;
      const picture = async (name: string, buffer: Buffer) =>
        page.locator('input[type="file"]').setInputFiles({ name, mimeType: "image/png", buffer });
      await page.getByText("QR picture").click();
      const blank = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
      await picture("no-code.png", Buffer.from(blank, "base64"));
      await page.getByText(/no QR code/i).waitFor();
      await picture("type-plate.png", await toBuffer("fp-from-a-picture-01\nline-7-oven", { width: 400 }));
      const isFilled =
        "[...document.querySelectorAll('textarea, input')].some((field) => field.value.includes('fp-from-a-picture-01'))";
      await expect.poll(() => page.evaluate(isFilled), { timeout: 20_000 }).toBe(true);
      await expect.poll(() => page.getByLabel("Device name").inputValue()).toBe("line-7-oven");
    } finally {
      await opened.close();
      await browser.close();
      served.close();
    }
  },
);
