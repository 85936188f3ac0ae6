/** `siegel verify`: a proof in words; each thing that can be wrong looks different. */

import { encodeProofBundle } from "@siegel/cms";
import { toPem } from "@siegel/pki";
import { makeLab } from "@siegel/pki/testing";
import { beforeAll, expect, test } from "vitest";
import { blockOf, type Proofs, proofs } from "./proofs.ts";
import { fileOf, type Outcome, siegel } from "./support.ts";

let good: Proofs;
let root: string;
beforeAll(async () => {
  good = await proofs();
  root = await fileOf(good.rootPem, "root.pem");
});

async function verify(file: Uint8Array | string, ...more: string[]): Promise<Outcome> {
  const path = typeof file === "string" ? file : await fileOf(file, "x.siegel-proof");
  return siegel(["verify", path, "--root", root, ...more]);
}

/** Mark of each step, in order. */
function marks(out: string): string {
  return out
    .split("\n")
    .filter((line) => /^[✓✗-] /.test(line))
    .map((line) => line[0])
    .join("");
}

async function steps(file: Uint8Array, ...more: string[]): Promise<{ passed: boolean; failed: string[] }> {
  const { out } = await verify(file, "--json", ...more);
  const { passed, steps: all } = JSON.parse(out);
  const failed = all
    .filter(({ state }: { state: string }) => state === "failed")
    .map(({ name, code }: { name: string; code: string }) => `${name} ${code}`);
  return { passed, failed };
}

test("a proof that holds is told step by step, with whose meter, which delivery, which root", async () => {
  // A green sign alone asks for trust in us, which is just what nobody should need.
  const { code, out, err } = await verify(good.bundleDer);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(marks(out)).toBe("✓✓✓✓✓✓✓");
  expect(out).toContain("meter 1DZG0060694613, 1-0:1.8.0*255, 2026-01-01, 4 values");
  expect(out).toContain("delivery 7, TAF-7, measured, 1 blocks");
  expect(out).toContain("signed by ESGL0000000001.SMGW (ECDSA brainpoolP256r1 SHA-256)");
  expect(out).toContain("ESGL0000000001.SMGW ← Siegel-Lab.CA ← SM-Root.CA");
  expect(out).toContain("Siegel-Lab.EMT committed it at 2026-01-01T00:01:00.000Z");
  expect(out).toContain("Every step holds");
});

test("a block changed by one count fails at the commitment, and only there", async () => {
  // The person has to learn that his numbers were changed, not that something is wrong with a certificate.
  const block = await fileOf(blockOf(0, 101), "block");
  const { code, out } = await verify(good.bundleDer, "--block", block);
  expect(code).toBe(1);
  expect(marks(out)).toBe("✓✗✓✓✓✓✓");
  expect(out).toContain("commitment-mismatch");
  expect(out).toContain("does not hold");
  expect((await verify(good.bundleDer, "--block", await fileOf(good.blocks[0]!, "block"))).code).toBe(0);
});

test("a wrong signer, a stranger's root, an expired chain and a foreign receipt each look different", async () => {
  // Each calls for something else: the police, a new root file, nothing at all.
  const wrongSigner = await proofs({ signedBy: "emt" });
  expect((await steps(wrongSigner.bundleDer)).failed).toContain("path wrong-role");
  const stranger = await makeLab({ seed: "stranger" });
  const strangerRoot = await fileOf(toPem("CERTIFICATE", stranger.root.der), "root.pem");
  const other = await siegel(["verify", await fileOf(good.bundleDer), "--root", strangerRoot, "--json"]);
  expect(other.code).toBe(1);
  expect(JSON.parse(other.out).steps.find(({ name }: { name: string }) => name === "path").code).toMatch(
    /no-path|bad-sig/,
  );
  const { receipt: _, ...noReceipt } = good.bundle;
  const late = await steps(encodeProofBundle(noReceipt), "--at", "2090-01-01T00:00:00Z");
  expect(late.failed).toEqual(["path expired"]);
  const two = await proofs({ blocks: 2, lab: good.lab });
  const foreign = encodeProofBundle({ ...good.bundle, receipt: two.receipt });
  expect((await steps(foreign)).failed).toEqual(["receipt receipt-mismatch"]);
});

test("every flipped bit of the delivery is found", { timeout: 60_000 }, async () => {
  // One accepted change, and nobody can be sure of any.
  for (let at = 0; at < good.delivery.length; at += 97) {
    const delivery = good.delivery.slice();
    delivery[at]! ^= 1 << (at % 8);
    expect((await steps(encodeProofBundle({ ...good.bundle, delivery }))).passed).toBe(false);
  }
});

test("a delivery without anything else is judged as far as it goes, and what is missing can be handed in", async () => {
  // Who keeps his gateway's deliveries has no bundle.
  const at = ["--at", "2026-01-01T00:01:00Z"];
  const bare = await verify(good.delivery, ...at);
  expect(bare.code).toBe(1);
  expect(bare.out).toContain("no-revocation-list");
  const crls = await Promise.all(good.lab.crls.map(({ der }, index) => fileOf(toPem("X509 CRL", der), `${index}.pem`)));
  const judged = await verify(good.delivery, ...at, "--crl", ...crls);
  expect(judged.code).toBe(0);
  expect(marks(judged.out)).toBe("--✓✓✓✓-");
  expect(judged.out).toContain("could not be judged");
  const emt = good.lab.emt.ENC.certificate.der;
  const whole = await verify(
    good.delivery,
    "--crl",
    ...crls,
    "--receipt",
    await fileOf(good.receipt, "receipt"),
    "--chain",
    await fileOf(toPem("CERTIFICATE", emt), "enc.pem"),
  );
  expect(whole.code).toBe(0);
  expect(marks(whole.out)).toBe("--✓✓✓✓✓");
});

test("a bundle of several blocks is judged as a whole; for one in place of another, say which", async () => {
  // Else the second block could be changed while the first one is looked at.
  const two = await proofs({ blocks: 2 });
  expect((await verify(two.bundleDer)).code).toBe(0);
  const block = await fileOf(blockOf(1, 7), "block");
  expect(await verify(two.bundleDer, "--block", block)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/--index/),
  });
  expect((await steps(two.bundleDer, "--block", block, "--index", "1")).failed).toEqual([
    "commitment commitment-mismatch",
  ]);
  expect((await steps(two.bundleDer, "--block", block, "--index", "9")).failed).toContain("block no-such-block");
});

test.each([
  ["nothing", "", "neither a proof bundle nor a delivery"],
  ["a text", "hello", "neither a proof bundle nor a delivery"],
  ["a cut bundle", "cut", "was cut"],
])("%s proves nothing, and one line says so", async (_, what, said) => {
  // Somebody's wrong file would read like a gateway's false seal.
  const bytes = what === "cut" ? good.bundleDer.subarray(0, 700) : new TextEncoder().encode(what);
  const { code, out, err } = await verify(bytes);
  expect(code).toBe(1);
  expect(out).toBe("");
  expect(err).toMatch(/^siegel: \S.*\n$/);
  expect(err).toContain(said);
});

test("DER of something else is judged, and does not hold", async () => {
  // A certificate in the place of a delivery would pass for one.
  const { code, out } = await verify(Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x05));
  expect(code).toBe(1);
  expect(out).toContain("does not hold");
});

test.each([
  [["verify", "x"]],
  [["verify", "/nonexistent", "--root", "/nonexistent"]],
  [["verify", "x", "--root", "/dev/null"]],
  [["verify", "x", "--root", "/dev/zero"]], // once took all memory of the machine
])("%j is wrong usage", async (args) => {
  // A missing root must not read like a proof that fails.
  const { code, out, err } = await siegel(args);
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(err).toMatch(/^siegel: \S.*\n$/);
});
