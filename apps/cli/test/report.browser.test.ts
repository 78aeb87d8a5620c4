/** The report in a real headless browser: it draws, zooms, hides, prints, and runs nothing a name asks for. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RW, scratch, smaps } from "./support/maps.js";
import { vma } from "./support/run.js";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => existsSync(path),
);
const files = scratch();
const threads = fileURLToPath(new URL("../../../examples/python-threads", import.meta.url));

// Only where a Chromium is installed; nothing here downloads one.
describe.skipIf(executablePath === undefined)("the report in a browser", () => {
  let browser: Browser;
  const problems: string[] = [];

  async function open(target: string, colorScheme: "light" | "dark" = "light"): Promise<Page> {
    const file = join(files.path, `${Math.abs(target.length)}-${colorScheme}.html`);
    expect((await vma(["report", target, "-o", file])).code).toBe(0);
    const page = await browser.newPage({ viewport: { width: 1000, height: 800 }, colorScheme });
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("dialog", (dialog) => {
      problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) problems.push(`request: ${request.url()}`);
    });
    await page.goto(`file://${file}`);
    return page;
  }

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath as string, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
  });

  it("draws areas over time and the address space, and zooms", async () => {
    const page = await open(threads);
    expect(await page.locator(".uplot").count()).toBeGreaterThan(0);
    await expect.poll(() => page.locator("#count").textContent()).toMatch(/^100 of 100 areas in view/);
    await page.click("#in");
    await page.click("#in");
    await expect
      .poll(async () => Number.parseInt((await page.locator("#count").textContent()) ?? "", 10))
      .toBeLessThan(60);
    await page.click("#all");
    await page.locator("summary").click();
    await expect.poll(() => page.locator("#shown tr").count()).toBeGreaterThan(50);
    await page.locator(".key").first().click();
    await expect.poll(() => page.locator("#shown tr").count()).toBeLessThan(50);
    expect(problems).toEqual([]);
  });

  it("is dark where the reader's screen is, and paints its canvas", async () => {
    const page = await open(threads, "dark");
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(15, 19, 24)");
    const colours = await page.evaluate(
      "new Set(new Uint32Array(document.getElementById('space').getContext('2d').getImageData(0, 40, 900, 1).data.buffer)).size",
    );
    expect(colours).toBeGreaterThan(4);
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("#in").isVisible()).toBe(false);
    expect(await page.locator("h1").isVisible()).toBe(true);
    expect(problems).toEqual([]);
  });

  it("keeps its tables readable on a narrow screen: they move sideways, the page does not", async () => {
    const page = await open(threads);
    await page.setViewportSize({ width: 390, height: 800 });
    // The browser lays the page out anew some time after it was told its size.
    await expect.poll(() => page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    const tallest =
      "Math.max(...[...document.querySelectorAll('.scroll tr')].map((row) => row.offsetHeight))";
    expect(await page.evaluate(tallest)).toBeLessThan(300);
    expect(problems).toEqual([]);
  });

  it("shows hostile names as text and runs none of them", async () => {
    const hostile = files.write(
      "hostile.smaps",
      smaps([
        `1000-1010 rw-p ${RW} /tmp/<img src=x onerror=alert(1)>@0`,
        `1010-1020 r--p rd,mr,mw,me /tmp/</script><script>alert(2)</script>@0`,
        `1020-1030 r--p rd,mr,mw,me /tmp/\u202e\u{1F600}"'@0`,
      ]),
    );
    const page = await open(hostile);
    await page.locator("summary").click();
    await expect.poll(() => page.locator("#shown tr").count()).toBe(3);
    expect(await page.locator("#shown").textContent()).toContain("<img src=x onerror=alert(1)>");
    expect(await page.locator("img").count()).toBe(0);
    expect(problems).toEqual([]);
  });
});
