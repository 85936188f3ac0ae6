/**
 * The browser's form needs nothing of Node: it is bundled as for a page and run in an engine that has nothing else.
 *
 * Bundled through the door `@siegel/crypto/verify`, so the condition in the manifest is tested as well.
 */

import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { beforeAll, expect, test } from "vitest";

import { digest, PublicKey } from "../src/verify/index.ts";
import { curveNames, pointOfScalar, privateKeyOf, signByNode } from "./keys.ts";
import { hexOf, text } from "./octets.ts";

let bundle = "";

beforeAll(async () => {
  const built = await build({
    root: join(import.meta.dirname, ".."),
    configFile: false,
    logLevel: "silent",
    plugins: [
      {
        name: "entry",
        enforce: "pre",
        resolveId: (id) => (id.endsWith("entry") ? "\0entry" : undefined),
        load: (id) => (id === "\0entry" ? 'export * from "@siegel/crypto/verify";' : undefined),
      },
    ],
    build: { write: false, lib: { entry: "entry", formats: ["iife"], name: "door" }, minify: true },
  });
  const [output] = Array.isArray(built) ? built : [];
  bundle = output?.output[0].code ?? "";
});

/** A context with the language alone: no Buffer, no process, no TextEncoder, no crypto. */
function inBareEngine(script: string, given: Record<string, unknown> = {}): unknown {
  return runInNewContext(`${bundle};\n${script}`, given);
}

test("nothing of Node is in the bundle", () => {
  // Wrong: the page does not load, or loads a second crypto library with it.
  expect(bundle.length).toBeGreaterThan(1000);
  expect(bundle).not.toMatch(/node:|\bBuffer\b|\bprocess\b|\brequire\b|globalThis|externalized/);
});

test("it is small", () => {
  // Wrong: the first load of the portal grows beyond its limit, and nobody saw by what.
  const bytes = gzipSync(bundle).length;
  expect(bytes).toBeLessThan(7_000);
});

test("it hashes and verifies in a bare engine", async () => {
  // Wrong: "Check" on the portal's page throws where there is no Buffer.
  const message = text("a delivery");
  expect(inBareEngine("typeof Buffer + typeof process + typeof TextEncoder + typeof crypto")).toBe(
    "undefined".repeat(4),
  );
  const hash = inBareEngine('Array.from(door.digest("SHA-512", Uint8Array.from(message)))', { message: [...message] });
  expect(hexOf(Uint8Array.from(hash as number[]))).toBe(hexOf(digest("SHA-512", message)));
  for (const curve of curveNames) {
    const spki = PublicKey.fromPoint(curve, pointOfScalar(curve, 1234n)).toSpki();
    const signature = signByNode(privateKeyOf(curve, 1234n), { hash: "SHA-384", message });
    const given = { spki: [...spki], signature: [...signature], message: [...message] };
    const script = `
      const [octets, text, sig] = [spki, message, signature].map((one) => Uint8Array.from(one));
      const check = (message) => door.PublicKey.fromSpki(octets).verify({ hash: "SHA-384", message, signature: sig });
      Promise.all([check(text), check(text.with(0, 0))])`;
    expect(await inBareEngine(script, given)).toEqual([true, false]);
  }
});
