import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RevocationList, toPem, validatePath } from "@siegel/pki";
import { type Lab, makeLab } from "@siegel/pki/testing";
import { afterEach, beforeEach, expect, test } from "vitest";

import { TrustFiles } from "../../src/index.ts";

let folder: string;
let lab: Lab;
let logged: string[];
let written = 0;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "siegel-trust-"));
  lab = await makeLab();
  logged = [];
  mkdirSync(join(folder, "crls"));
  writeFileSync(join(folder, "root.pem"), toPem("CERTIFICATE", lab.root.der));
  writeFileSync(join(folder, "sub.pem"), toPem("CERTIFICATE", lab.subCa.der));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (): TrustFiles =>
  new TrustFiles(
    { root: join(folder, "root.pem"), chain: [join(folder, "sub.pem")], crls: join(folder, "crls") },
    (level, event, fields) => void logged.push(JSON.stringify({ level, event, ...fields })),
  );
function write(name: string, content: string | Uint8Array): void {
  const path = join(folder, "crls", name);
  writeFileSync(path, content);
  const time = new Date(1_000_000_000_000 + 1000 * ++written); // two writes within a tick are two times
  utimesSync(path, time, time);
}
const pemOf = (lists: readonly RevocationList[]): string => lists.map((list) => toPem("X509 CRL", list.der)).join("");
const isGood = (trust: TrustFiles, atMs: number): Promise<boolean> =>
  validatePath({
    leaf: lab.gateway.SIG.certificate,
    others: trust.others,
    anchors: trust.anchors,
    revocation: trust.revocation(),
    at: { epochMs: atMs },
    role: "SMGW",
    purpose: "SIG",
  }).then(
    () => true,
    () => false,
  );

test("root, authorities and lists come from files, PEM or DER", async () => {
  // No gateway would be believed.
  write("all.pem", pemOf(lab.crls));
  expect(await isGood(open(), lab.now.epochMs)).toBe(true);
  rmSync(join(folder, "crls/all.pem"));
  for (const [index, list] of lab.crls.entries()) write(`${index}.crl`, list.der);
  expect(await isGood(open(), lab.now.epochMs)).toBe(true);
});

test("a gateway that is revoked while we run is refused after the next look", async () => {
  // A stolen gateway would deliver until somebody restarts the program.
  write("all.pem", pemOf(lab.crls));
  const trust = open();
  const later = { epochMs: lab.now.epochMs + 3_600_000 };
  expect(await isGood(trust, later.epochMs)).toBe(true);
  lab.pki.revoke({ certificate: lab.gateway.SIG.certificate, at: later, reason: "keyCompromise" });
  write("all.pem", pemOf(await lab.pki.crls(later)));
  expect(await isGood(trust, later.epochMs + 1000)).toBe(true); // not looked yet
  trust.refresh();
  expect(await isGood(trust, later.epochMs + 1000)).toBe(false);
});

test("an older list that comes back does not undo a revocation", async () => {
  // A backup that is played in would make a stolen gateway good again.
  const later = { epochMs: lab.now.epochMs + 3_600_000 };
  lab.pki.revoke({ certificate: lab.gateway.SIG.certificate, at: later });
  write("all.pem", pemOf(await lab.pki.crls(later)));
  const trust = open();
  write("all.pem", pemOf(lab.crls));
  trust.refresh();
  expect(await isGood(trust, later.epochMs + 1000)).toBe(false);
});

test("a damaged file or an empty folder costs nothing that was known", async () => {
  // A half-written list would stop every delivery.
  write("all.pem", pemOf(lab.crls));
  const trust = open();
  write("half.pem", pemOf(lab.crls).slice(0, 300));
  write("noise.der", Uint8Array.of(0x30, 0x82, 0xff, 0xff, 1));
  trust.refresh();
  expect(await isGood(trust, lab.now.epochMs)).toBe(true);
  expect(logged.filter((line) => line.includes("revocation-list-refused"))).toHaveLength(2);
  for (const name of ["all.pem", "half.pem", "noise.der"]) unlinkSync(join(folder, "crls", name));
  trust.refresh();
  expect(await isGood(trust, lab.now.epochMs)).toBe(true);
  rmSync(join(folder, "crls"), { recursive: true });
  trust.refresh();
  expect(await isGood(trust, lab.now.epochMs)).toBe(true);
  expect(logged.at(-1)).toContain("revocation-lists-unreadable");
});

test("without any list a program starts, says so, and believes nobody", async () => {
  // Nothing would tell why every gateway is refused; or gateways would pass unchecked.
  const trust = open();
  expect(logged.join()).toContain("no-revocation-lists");
  expect(await isGood(trust, lab.now.epochMs)).toBe(false);
});

test.each([
  ["is not there", () => rmSync(join(folder, "root.pem"))],
  ["is empty", () => writeFileSync(join(folder, "root.pem"), "")],
  ["is a key", () => writeFileSync(join(folder, "root.pem"), toPem("PRIVATE KEY", Uint8Array.of(1, 2, 3)))],
  ["is damaged", () => writeFileSync(join(folder, "root.pem"), toPem("CERTIFICATE", lab.root.der.slice(0, 200)))],
])("a root that %s is one line at the start", (_, spoil) => {
  // A program would trust nobody, and nobody would know why.
  spoil();
  expect(open).toThrow(expect.objectContaining({ code: "no-trust", message: expect.stringContaining("root.pem") }));
});

test.each([
  ["a device that never ends", () => symlinkSync("/dev/zero", join(folder, "crls/endless.pem")), "not-readable"],
  ["a pipe that nobody writes to", () => execFileSync("mkfifo", [join(folder, "crls/silent.pem")]), "not-readable"],
  ["a folder", () => mkdirSync(join(folder, "crls/inner.pem")), "is-a-directory"],
  ["an empty file", () => write("empty.pem", ""), "no-list"],
  ["a file of something else", () => write("noise.pem", new Uint8Array(3_000).fill(0xa5)), "no-list"],
  ["a file too long for a list", () => write("long.crl", new Uint8Array(9 << 20).fill(0x30)), "too-long"],
])("%s among the lists is told and passed over", async (_, put, code) => {
  // Whoever may write into that folder would stop the program for good, or fill its memory.
  write("all.pem", pemOf(lab.crls));
  put();
  expect(await isGood(open(), lab.now.epochMs)).toBe(true);
  expect(logged.filter((line) => line.includes("revocation-list-refused"))).toEqual([expect.stringContaining(code)]);
});

test("a root that is a device is refused before it is read", () => {
  // A typing error would take all the memory of the machine.
  rmSync(join(folder, "root.pem"));
  symlinkSync("/dev/zero", join(folder, "root.pem"));
  expect(open).toThrow(expect.objectContaining({ code: "no-trust", message: expect.stringContaining("not-readable") }));
});
