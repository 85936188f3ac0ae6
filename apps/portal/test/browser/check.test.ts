/** The check in a real browser, with real seals: what passes passes, and what is wrong looks like what it is. */

import { readFile } from "node:fs/promises";

import { toPem } from "@siegel/pki";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";

import { isInstalled, needs } from "../../../../scripts/testing/needs.ts";
import { ensurePortalBuilt } from "../../build.ts";
import type { Verdict } from "../../src/core/verdict.ts";
import { launch, type Look, seriousFindings, type Visit, visit } from "./fixture/browser.ts";
import { type ProofOptions, type Proofs, proofsOf } from "./fixture/proofs.ts";
import { type FixtureServer, higher, startServer, token } from "./fixture/server.ts";
import { newWorld, now, type World, withRoot } from "./fixture/world.ts";

const test = needs("chromium");
const hasBrowser = isInstalled("chromium");
let dist: string;
let browser: Browser;
let world: World;
let proofs: Proofs;
let server: FixtureServer | undefined;
let current: Visit | undefined;

beforeAll(async () => {
  if (!hasBrowser) return;
  dist = await ensurePortalBuilt();
  browser = await launch();
});
afterEach(async () => {
  const complaints = current?.complaints;
  await current?.leave();
  await server?.close();
  [current, server] = [undefined, undefined];
  // A stopped worker or style would leave the check undone, or a script's error unseen.
  expect(complaints ?? []).toEqual([]);
});
afterAll(() => browser?.close());

/** Opens a whole day whose proofs are wrong in the given way. */
async function open(options: ProofOptions = {}, look?: Look, place = "date=2026-06-13"): Promise<Page> {
  proofs = await madeOnce(options);
  world = withRoot(newWorld(), proofs.lab.root.der);
  server = await startServer(dist, world, proofs.proofOf);
  current = await visit(browser, now.epochMs, look);
  const { page } = current;
  await page.goto(`${server.url}/#token=${token}&${place}`);
  await page.locator(".sum").first().waitFor();
  return page;
}

async function verdictOf(page: Page): Promise<Verdict> {
  await page.locator(".verdict:not(.stale)").waitFor();
  return (await page.locator(".verdict").getAttribute("data-verdict")) as Verdict; // written by the page itself
}

function check(page: Page): Promise<void> {
  return page.getByRole("button", { name: "Check this day" }).click();
}

test("a genuine day passes, each step says what it is, and the code came only then", async () => {
  // The reader could check nothing, or everybody would pay for a check that nobody asked for.
  const page = await open();
  expect(server?.paths.filter((path) => /worker|check-parts|trust|proof/.test(path))).toEqual([]);
  await check(page);
  expect(await verdictOf(page)).toBe("genuine");
  await page.getByText("Genuine and unchanged").first().waitFor();
  const first = page.locator(".block").first();
  const states = await first
    .locator("[data-step]")
    .evaluateAll((all) => all.map((one) => one.getAttribute("data-state")));
  expect(states).toEqual(Array.from({ length: 9 }, () => "passed"));
  await first.getByText("Sealed by ESGL0000000001.SMGW").waitFor();
  await first.getByText("Received 14 June 2026 at 00:00:03").waitFor();
  await first.getByText("96 of 96 values shown here").waitFor();
  await first.getByText("The gateway's signature holds").click();
  await first.getByText("ECDSA brainpoolP256r1 SHA-256").waitFor();
  // Both registers, and for each the total at the day's beginning, which the day before gave.
  expect(await page.locator(".block").count()).toBe(4);
});

const wrong: readonly [string, ProofOptions, Verdict, string][] = [
  ["a forged seal", { forged: true }, "stranger", "Sealed by someone else"],
  ["a seal of a market participant", { wrongRole: true }, "stranger", "may not seal readings"],
  ["an expired chain", { expired: true }, "invalidTime", "had expired by"],
  ["a revoked gateway", { revoked: true }, "revoked", "was withdrawn by"],
  ["no receipt", { noReceipt: true }, "noReceipt", "Receipt does not fit"],
];
for (const [what, options, verdict, words] of wrong) {
  test(`${what} is not genuine, and says so in its own words`, async () => {
    // The reader would not know whom to ask, or would believe a forgery.
    const page = await open(options);
    await check(page);
    expect(await verdictOf(page)).toBe(verdict);
    await page.getByText(words).first().waitFor();
    expect(await page.getByText("Genuine and unchanged").count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
  });
}

test("changed, sealed by another and expired differ in words, sign and tone", async () => {
  // Three findings that ask for three answers would look the same to somebody.
  const looks: string[][] = [];
  for (const options of [{}, { forged: true }, { expired: true }]) {
    const page = await open(options);
    if (options === undefined || Object.keys(options).length === 0) {
      server!.lie = (_obis, at, value) => (at === "2026-06-13T10:00:00Z" ? higher(value) : value); // opened above
      await page.reload();
      await page.locator(".sum").first().waitFor();
    }
    await check(page);
    await verdictOf(page);
    const banner = page.locator(".verdict");
    looks.push([
      await banner.locator(".verdict-title").innerText(),
      (await banner.locator("path").getAttribute("d"))!, // drawn with every verdict
    ]);
    await current?.leave();
    await server?.close();
  }
  expect(looks.map(([title]) => title)).toEqual([
    "Changed after sealing",
    "Sealed by someone else",
    "Certificate not valid at that time",
  ]);
  expect(new Set(looks.map(([, sign]) => sign)).size).toBe(3);
});

test("a server that shows one tenth of a watt hour more than was sealed is found out", async () => {
  // The page would vouch for whatever its server says.
  const page = await open();
  server!.lie = (obis, at, value) =>
    obis.startsWith("1-0:1.8") && at === "2026-06-13T10:00:00Z" ? higher(value) : value; // opened above
  await page.reload();
  await page.locator(".sum").first().waitFor();
  await check(page);
  expect(await verdictOf(page)).toBe("changed");
  await page.getByText("1 of 4 blocks did not pass").waitFor();
  await page.locator(".block").first().getByText("The fingerprint of the values is not the one in the seal").waitFor();
});

test("trying it: one value changed, the check fails; taken back, it passes", async () => {
  // The reader would have to believe that the check can fail at all.
  const page = await open();
  await check(page);
  expect(await verdictOf(page)).toBe("genuine");
  const sum = await page.locator(".sum .figure").first().innerText();
  await page.getByRole("switch", { name: "Try it: change one value" }).check({ force: true });
  await page.locator('[data-verdict="changed"]:not(.stale)').waitFor();
  expect(await page.locator(".sum .figure").first().innerText()).not.toBe(sum);
  await page.getByText("One value was changed by you for a try").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole("switch", { name: "Try it: change one value" }).uncheck({ force: true });
  await page.locator('[data-verdict="genuine"]:not(.stale)').waitFor();
  expect(await page.locator(".sum .figure").first().innerText()).toBe(sum);
});

test("the reader's own root decides, is named, kept, and can be given up", async () => {
  // A server could bring its own root, and the page would believe it.
  const page = await open();
  const own = await proofsOf(newWorld(), {}, "the reader's world");
  await page.getByText("Trust root").click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Use my own root file …" }).click();
  const pem = Buffer.from(toPem("CERTIFICATE", own.lab.root.der));
  await (await chooser).setFiles({ name: "mine.pem", mimeType: "application/x-pem-file", buffer: pem });
  await page.getByText("from your own file mine.pem").waitFor();
  await check(page);
  expect(await verdictOf(page)).toBe("otherRoot");
  await page.reload();
  await page.getByText("from your own file mine.pem").waitFor();
  await page.getByText("Trust root").click();
  await page.getByRole("button", { name: "Use the operator's root again" }).click();
  await check(page);
  expect(await verdictOf(page)).toBe("genuine");
});

test("a file that is no root is refused, and the trust stays as it was", async () => {
  // A reader would trust what he did not choose.
  const page = await open();
  await page.getByText("Trust root").click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Use my own root file …" }).click();
  await (
    await chooser
  ).setFiles({ name: "sub.der", mimeType: "application/pkix-cert", buffer: Buffer.from(proofs.lab.subCa.der) });
  await page.getByText("This file holds no root certificate").waitFor();
  await page.getByText("from your operator's server").waitFor();
});

test("the fingerprint is that of the certificate, whatever the server says it is", async () => {
  // The reader would compare what the server wants him to see.
  const page = await open();
  await page.getByText("Trust root").click();
  const hex = Buffer.from(proofs.lab.root.fingerprint).toString("hex").toUpperCase();
  const shown = page.locator(".trust .fingerprint");
  await shown.waitFor();
  expect((await shown.innerText()).replaceAll(" ", "")).toBe(hex);
  expect(world.trust.fingerprint.toUpperCase()).not.toBe(hex);
});

test("proof file and root can be saved, and are the ones that were checked", async () => {
  // Who does not trust the page could not check without it.
  const page = await open();
  await check(page);
  await verdictOf(page);
  const hint = page.locator(".hint-box");
  const [proof] = await Promise.all([page.waitForEvent("download"), hint.getByText("Save proof file").click()]);
  expect(proof.suggestedFilename()).toMatch(/\.siegel-proof$/);
  const saved = await readFile(await proof.path());
  const all = await Promise.all(world.blocks.map(({ id }) => proofs.proofOf(id)));
  expect(all.some((one) => one !== undefined && saved.equals(one))).toBe(true);
  const [root] = await Promise.all([page.waitForEvent("download"), hint.getByText("Save root certificate").click()]);
  expect(root.suggestedFilename()).toBe("root.pem");
  expect(await readFile(await root.path(), "utf8")).toBe(toPem("CERTIFICATE", proofs.lab.root.der));
  await hint.getByText(/npx siegel verify .*\.siegel-proof --root root\.pem/).waitFor();
});

test("by keyboard alone: from the chart to the verdict and into a step", async () => {
  // Who cannot point could not check.
  const page = await open();
  await page.getByRole("slider").focus();
  await tabTo(page, "Check this day");
  await page.keyboard.press("Enter");
  expect(await verdictOf(page)).toBe("genuine");
  await tabTo(page, "Try it: change one value");
  await page.keyboard.press("Space");
  await page.locator('[data-verdict="changed"]:not(.stale)').waitFor();
  await tabTo(page, "The fingerprint of the values is not the one in the seal");
  await page.keyboard.press("Enter");
  await page.getByText("commitment-mismatch").waitFor();
});

test("a day that comes in quarter hours is checked block by block, and can be stopped", async () => {
  // The day that people look at most could not be checked.
  const page = await open({}, undefined, "view=day");
  await page.getByText("112 sealed blocks").waitFor();
  await check(page);
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("button", { name: "Check this day" }).click();
  expect(await verdictOf(page)).toBe("genuine");
  await page.getByText("All 112 blocks").waitFor();
});

test("a proof that cannot be loaded says nothing about the values", async () => {
  // A lost connection would look like a forgery.
  const page = await open();
  server!.proofOf = () => Promise.resolve(undefined); // opened above
  await check(page);
  expect(await verdictOf(page)).toBe("unavailable");
});

for (const locale of ["en-GB", "de-DE"] as const) {
  test(`axe finds nothing serious in a check, and nothing is wider than a phone: ${locale}`, async () => {
    // The one part of the page that makes trust would be closed to some.
    for (const scheme of ["light", "dark"] as const) {
      const page = await open({ expired: true }, { locale, scheme });
      await page.locator(".button.strong").click();
      await verdictOf(page);
      for (const summary of await page.locator(".check summary").all()) {
        if (await summary.isVisible()) await summary.click();
      }
      expect(await seriousFindings(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await current?.leave();
      await server?.close();
    }
  });
}

/** Keys and certificates of a lab take a while; most tests share one. */
function madeOnce(options: ProofOptions): Promise<Proofs> {
  const key = JSON.stringify(options);
  const known = made.get(key) ?? proofsOf(newWorld(), options);
  made.set(key, known);
  return known;
}

const made = new Map<string, Promise<Proofs>>();

/** Presses the tab key until the named thing has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let step = 0; step < 30; step++) {
    await page.keyboard.press("Tab");
    const text = await page.evaluate(() => {
      const at = document.activeElement;
      return `${at?.getAttribute("aria-label") ?? ""} ${at?.closest("label")?.textContent ?? at?.textContent ?? ""}`;
    });
    if (text.includes(name)) return;
  }
  throw new Error(`the tab key does not lead to ${name}`);
}
