/** The page in a real browser, under a real content security policy, against answers in the contract's shapes. */

import { Instant, LocalDay } from "@siegel/readings";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";

import { isInstalled, needs } from "../../../../scripts/testing/needs.ts";
import { ensurePortalBuilt } from "../../build.ts";
import { launch, type Look, seriousFindings, type Visit, visit } from "./fixture/browser.ts";
import { totalAt, zone } from "./fixture/household.ts";
import { type FixtureServer, startServer, token } from "./fixture/server.ts";
import { newWorld, now, powerReading, type World } from "./fixture/world.ts";

const test = needs("chromium");
const hasBrowser = isInstalled("chromium");
const world: World = newWorld();
let dist: string;
let browser: Browser;
let server: FixtureServer;
let current: Visit | undefined;

beforeAll(async () => {
  if (!hasBrowser) return;
  dist = await ensurePortalBuilt();
  browser = await launch();
});
beforeEach(async () => {
  if (hasBrowser) server = await startServer(dist, world, () => Promise.resolve(undefined));
});
afterEach(async () => {
  const complaints = current?.complaints;
  await current?.leave();
  current = undefined;
  await server?.close();
  // A stopped style or script would leave the page half drawn, in every test.
  expect(complaints ?? []).toEqual([]);
});
afterAll(() => browser?.close());

/** Opens the page with the one-time link and waits for its plot. */
async function open(look?: Look, place = ""): Promise<Page> {
  current = await visit(browser, now.epochMs, look);
  const { page } = current;
  await page.goto(`${server.url}/#token=${token}${place && `&${place}`}`);
  await page.locator(".sum").first().waitFor();
  return page;
}

async function figures(page: Page): Promise<string[]> {
  return page.locator(".sum .figure").allInnerTexts();
}

test("the link signs in once, and its token is gone from address and history", async () => {
  // Whoever looks over the shoulder, or into the history, could sign in as the consumer.
  const page = await open();
  expect(page.url()).not.toContain(token);
  expect(await page.evaluate(() => history.length)).toBeLessThanOrEqual(2);
  expect(server.paths.filter((path) => path === "POST /v1/session")).toHaveLength(1);
  expect(server.paths.filter((path) => path.includes(token))).toEqual([]);
  await page.reload();
  await page.locator(".sum").first().waitFor();
  expect(server.paths.filter((path) => path === "POST /v1/session")).toHaveLength(1);
});

test("a used link, no link and signing out each say what they are", async () => {
  // The reader would stand before a blank page and not know what to ask for.
  const page = await open();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "You are signed out" }).waitFor();
  await page.goto(`${server.url}/?again#token=${token}`);
  await page.getByRole("heading", { name: "This link is used up" }).waitFor();
  await page.goto(`${server.url}/?none`);
  await page.getByRole("heading", { name: "Please open your personal link" }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
});

test("the old link opened again leads to the session that still lives", async () => {
  // The terminal shows one link; who clicks it twice would be locked out of his own page.
  const page = await open();
  await page.goto(`${server.url}/?twice#token=${token}`);
  await page.locator(".sum").first().waitFor();
});

test("the plot is drawn", async () => {
  // The page would show an empty frame and nobody would know.
  const page = await open();
  await page.waitForFunction(() => document.querySelector(".chart canvas") !== null);
  expect(await colours(page)).toMatchObject({ up: expect.any(Number), down: expect.any(Number) });
  const { up, down } = await colours(page);
  expect(up).toBeGreaterThan(300);
  expect(down).toBeGreaterThan(300);
});

test("figures and table are the exact differences of the totals", async () => {
  // The page would tell other energy than the meter counted.
  const page = await open(undefined, "date=2026-06-15");
  const day = LocalDay.of("2026-06-15", zone);
  const first = day.start.plus(900_000); // the day before was lost, and with it the total at midnight
  const sums = (["import", "export"] as const).map((direction) =>
    ((totalAt(day.end.epochMs, direction) - totalAt(first.epochMs, direction)) / 10_000).toFixed(3),
  );
  expect(await figures(page)).toEqual(sums);
  await page.getByText("Show as a table").click();
  await page.locator("tbody tr").nth(95).waitFor(); // drawn, before it is read at once
  const rows = await page
    .locator("tbody tr")
    .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? "")));
  const expected = day.quarterHours().map((start) => {
    const cells = (["import", "export"] as const).map((direction) => {
      const raw = totalAt(start.epochMs + 900_000, direction) - totalAt(start.epochMs, direction);
      return start.equals(day.start) ? "–" : (raw / 10_000).toFixed(4);
    });
    return [...cells, start.equals(day.start) ? "missing" : "measured"];
  });
  expect(rows.map((row) => row.slice(1))).toEqual(expected);
  expect(rows[95]?.[0]).toBe("23:45–00:00");
});

test("missing is a dash in words and in the table, never 0", async () => {
  // A failure of the gateway would look like a thrifty household.
  const page = await open(undefined, "date=2026-06-16");
  await page.getByText("Show as a table").click();
  const row = page.locator("tbody tr").filter({ hasText: "10:15–10:30" });
  await row.waitFor();
  expect(await row.locator("td").allInnerTexts()).toEqual(["–", "–", "missing"]);
  expect(await page.locator(".sum").first().innerText()).toContain("5 values missing");
});

test("the day of the clock change has 92 quarter hours", async () => {
  // An hour that never was would be shown as missing.
  const page = await open(undefined, "date=2026-03-29");
  await page.getByText("Show as a table").click();
  await page.locator("tbody tr").nth(91).waitFor();
  expect(await page.locator("tbody tr").count()).toBe(92);
  expect(await page.locator("tbody tr th").nth(8).innerText()).toBe("03:00–03:15");
});

test("an empty day says so", async () => {
  // Nothing received would pass for nothing used.
  const page = await open(undefined, "date=2026-06-14");
  await page.getByText("There are no readings for this period.").waitFor();
  expect(await figures(page)).toEqual(["–", "–"]);
});

test("by keyboard alone: through bars, days, week and into a day", async () => {
  // Who cannot use a mouse could not read his own load profile.
  const page = await open();
  const chart = page.getByRole("slider");
  await chart.focus();
  await page.keyboard.press("Home");
  expect(await chart.getAttribute("aria-valuetext")).toContain("00:00–00:15, From the grid 0.");
  await page.keyboard.press("ArrowRight");
  expect(await chart.getAttribute("aria-valuetext")).toContain("00:15–00:30");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowLeft");
  await page.getByText("Tuesday, 16 June 2026").waitFor();
  await page.getByRole("button", { name: "Previous day" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.getByText("Wednesday, 17 June 2026").waitFor();
  await page.getByRole("radio", { name: "Day" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.getByText("15 – 21 June 2026").waitFor();
  await chart.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.getByText("Tuesday, 16 June 2026").waitFor();
  expect(page.url()).toContain("date=2026-06-16");
});

test("every control can be reached with the tab key, and shows that it is", async () => {
  // A control without a visible focus is lost for who does not point.
  const page = await open();
  const seen: string[] = [];
  for (let step = 0; step < 40; step++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body) return undefined;
      const boxes = [element, element.closest("label"), element.parentElement].filter((one) => one !== null);
      const isShown = boxes.some((one) => getComputedStyle(one).outlineStyle !== "none");
      return {
        name: element.getAttribute("aria-label") ?? element.textContent ?? "",
        at: element.outerHTML.slice(0, 80),
        isShown,
      };
    });
    if (at === undefined) break;
    expect(at, at.at).toMatchObject({ isShown: true });
    seen.push(at.name);
  }
  expect(seen.join("|")).toMatch(
    /Skip.*Language.*Appearance.*Sign out.*Previous day.*Energy.*Check this day.*Trust root/s,
  );
});

test("current values come live, and a lost connection is told and mended", async () => {
  // An old value would pass for the present.
  const page = await open();
  await page.getByText("Live", { exact: true }).waitFor();
  server.push(now);
  const shown = Math.abs(Number(powerReading(now).value)).toLocaleString("en-GB");
  await page.locator(".power .figure").filter({ hasText: shown }).waitFor();
  server.dropLive();
  await page.getByText("Connection lost – reconnecting …").waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
});

test("a meter without current values says so; the picker leads there and back", async () => {
  // The values of one meter would stand under the name of another.
  const page = await open();
  await page.getByLabel("Meter", { exact: true }).selectOption("1DZG0060694681");
  await page.getByText("No current value yet").waitFor();
  expect(page.url()).toContain("meter=0a01445a4700039e2099");
  await page.getByLabel("Meter", { exact: true }).selectOption("1DZG0060694613");
  await page.locator(".sum").first().waitFor();
});

test("no network, a busy server and a lost session look different, and two of them mend themselves", async () => {
  // The reader would think that his data is gone.
  const page = await open();
  server.fail = "hang-up";
  await page.getByRole("button", { name: "Previous day" }).click();
  await page.getByText("No connection").waitFor();
  server.fail = "busy";
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("The server is busy").waitFor();
  server.fail = undefined;
  await page.getByText("The server is busy").waitFor({ state: "detached" });
  await page.locator(".sum").first().waitFor();
  server.endSession();
  await page.getByRole("button", { name: "Previous day" }).click();
  await page.getByRole("heading", { name: "Your session is over" }).waitFor();
});

test("language and appearance follow the device, can be switched, and are remembered", async () => {
  // A reader could not read his own page.
  const page = await open({ locale: "de-DE", scheme: "dark" });
  await page.getByRole("heading", { name: "Lastgang" }).waitFor();
  const background = (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await background();
  await page.getByRole("button", { name: "Sprache: English" }).click();
  await page.getByRole("heading", { name: "Load profile" }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe("en");
  await page.getByRole("button", { name: "Appearance: like the device" }).click();
  await expect.poll(background).not.toBe(dark);
  await page.reload();
  await page.getByRole("heading", { name: "Load profile" }).waitFor();
  expect(await background()).not.toBe(dark);
});

for (const scheme of ["light", "dark"] as const) {
  for (const locale of ["en-GB", "de-DE"] as const) {
    test(`axe finds nothing serious, and nothing is wider than a phone: ${scheme}, ${locale}`, async () => {
      // Part of the readers could not use the page, or would have to push it about.
      for (const place of ["date=2026-06-16", "view=week", "view=month&date=2026-05-04"]) {
        const page = await open({ scheme, locale }, place);
        for (const fold of await page.locator("details.fold > summary").all()) await fold.click();
        await page.getByRole("slider").focus();
        await page.keyboard.press("End");
        expect(await seriousFindings(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
        expect(current?.complaints).toEqual([]);
        await current?.leave();
        await server.close();
        server = await startServer(dist, world, () => Promise.resolve(undefined));
      }
    });
  }
}

test("an instant of the page is that of the meter's zone, not of the device", async () => {
  // A traveller would see his household's evening in the morning.
  const page = await open();
  const last = Instant.parse("2026-06-17T11:45:00Z");
  expect(await page.locator(".readings").innerText()).toContain(`measured 13:45`);
  expect(String(last)).toBe("2026-06-17T11:45:00Z");
});

/** How many pixels of the plot have the colour of each direction. */
function colours(page: Page): Promise<{ up: number; down: number }> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>(".chart canvas")!; // the test waited for it
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    const style = getComputedStyle(canvas);
    const count = (name: string): number => {
      const wanted = style.getPropertyValue(name).trim();
      const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(wanted.slice(at, at + 2), 16));
      let found = 0;
      for (let at = 0; at < data.length; at += 4)
        if (data[at] === r && data[at + 1] === g && data[at + 2] === b) found++;
      return found;
    };
    return { up: count("--accent"), down: count("--export") };
  });
}

test("a total that comes while the page is open is shown without asking for it", async () => {
  // The page would show the state of when it was opened, and nobody would know how old that is.
  const page = await open();
  await page.getByText("Live", { exact: true }).waitFor();
  const asked = (): number => server.paths.filter((path) => path.includes("/series?obis=1-0%3A1.8.0")).length;
  expect(asked()).toBe(1);
  const before = world.meter.latest[0]!; // of the import register
  const at = String(Instant.parse(before.at).plus(900_000));
  server.send({ ...before, at, value: "9999999.9" });
  await page.locator(".readings").getByText("9,999.9999").waitFor();
  await expect.poll(asked).toBe(2);
});
