/** `siegel cms seal` and `open` with files, keys and certificates of a lab, as a person has them. */

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { chmod, link, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { siegel } from "./support.ts";

const command = fileURLToPath(new URL("../bin/siegel.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "siegel-cms-"));
const at = (...names: string[]) => join(folder, ...names);
const content = Uint8Array.from({ length: 5_000 }, (_, index) => (index * 7_919) & 0xff);

beforeAll(async () => {
  for (const lab of ["pki", "other"]) expect((await siegel(["pki", "lab", at(lab)])).code).toBe(0);
  await writeFile(at("day.bin"), content);
});

const pki = (name: string) => at("pki", name);
const sealing = (...more: string[]) => [
  "cms",
  "seal",
  at("day.bin"),
  "--to",
  pki("emt/enc.pem"),
  "--chain",
  pki("sub-ca.pem"),
  "--key",
  pki("gateway/sig.key.pem"),
  "--cert",
  pki("gateway/sig.pem"),
  ...more,
];
const opening = (file: string, ...more: string[]) => [
  "cms",
  "open",
  file,
  "--key",
  pki("emt/enc.key.pem"),
  "--cert",
  pki("emt/enc.pem"),
  "--root",
  pki("root.pem"),
  "--crl",
  pki("crls"),
  ...more,
];

async function sealed(name: string, ...more: string[]): Promise<string> {
  const out = at(name);
  expect(await siegel(sealing("--out", out, ...more))).toMatchObject({ code: 0 });
  return out;
}

test.each(["gcm", "cbc-cmac"])("what was sealed with %s opens again, and says who sealed it", async (cipher) => {
  // A file that nobody gets back, or whose origin nobody learns.
  const file = await sealed(`${cipher}.cms`, "--cipher", cipher);
  expect((await readFile(file)).includes(Buffer.from(content.subarray(0, 32)))).toBe(false);
  const { code, err } = await siegel(opening(file, "--out", at("opened.bin")));
  expect({ code, err }).toEqual({ code: 0, err: "siegel: sealed by ESGL0000000001.SMGW\n" });
  expect(new Uint8Array(await readFile(at("opened.bin")))).toEqual(content);
  expect((await stat(at("opened.bin"))).mode & 0o777).toBe(0o600);
});

test("as a pipe: standard input to standard output, both ways", async () => {
  // Scripts chain it with other programs.
  const pipe = async (args: readonly string[], input: Uint8Array) => {
    const child = spawn(process.execPath, [command, ...args]);
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stdin.end(input);
    const [code] = await once(child, "close");
    expect(code).toBe(0);
    return Buffer.concat(chunks);
  };
  const args = sealing();
  args[2] = "-";
  const file = await pipe(args, content);
  expect(new Uint8Array(await pipe(opening("-"), file))).toEqual(content);
});

test("every refusal is one word, whatever the reason; --explain tells it", async () => {
  // Whoever sends a thousand changed files must not learn from the answer how far each one came.
  const file = await sealed("good.cms");
  const good = await readFile(file);
  const flipped = Buffer.from(good);
  flipped[flipped.length - 10]! ^= 1;
  await writeFile(at("flipped.cms"), flipped);
  await writeFile(at("cut.cms"), good.subarray(0, 400));
  await writeFile(at("text.cms"), "no CMS at all");
  const cases: readonly (readonly [args: readonly string[], reason: RegExp])[] = [
    [opening(at("flipped.cms")), /bad-signature|not-canonical/],
    [opening(at("cut.cms")), /malformed/],
    [opening(at("text.cms")), /malformed/],
    [opening(file, "--from", "ESGL0000000002.SMGW"), /other-sealer/],
    [opening(file, "--at", "2020-01-01T00:00:00Z"), /path-not-yet-valid/],
    [opening(file, "--at", "2090-01-01"), /path-expired/],
    [[...opening(file).slice(0, 7), "--root", pki("root.pem")], /path-no-revocation-list/],
    [[...opening(file).slice(0, 7), "--root", at("other/root.pem"), "--crl", at("other/crls")], /path-/],
    [
      [
        "cms",
        "open",
        file,
        "--key",
        at("other/emt/enc.key.pem"),
        "--cert",
        at("other/emt/enc.pem"),
        "--root",
        pki("root.pem"),
        "--crl",
        pki("crls"),
      ],
      /not-for-us/,
    ],
  ];
  for (const [args, reason] of cases) {
    const out = at("refused.bin");
    expect(await siegel([...args, "--out", out])).toEqual({ code: 1, out: "", err: "siegel: refused\n" });
    const explained = await siegel([...args, "--out", out, "--explain"]);
    expect(explained.code).toBe(1);
    expect(explained.err).toMatch(/^siegel: refused: \S.*\n$/);
    expect(explained.err).toMatch(reason);
    await expect(stat(out)).rejects.toThrow(/ENOENT/);
  }
});

test("the output takes no input's place, by whatever name", async () => {
  // One slip in a line of six paths, and the only key that opens a year of files is gone.
  const file = await sealed("kept.cms");
  const key = at("kept.key.pem");
  await writeFile(key, await readFile(pki("emt/enc.key.pem")), { mode: 0o600 });
  await link(key, at("kept.other-name.pem"));
  const args = opening(file);
  args[args.indexOf("--key") + 1] = key;
  for (const [out, more] of [
    [file, args],
    [key, args],
    [at("kept.other-name.pem"), args],
    [pki("crls/root.crl.pem"), [...args, "--crl", pki("crls/root.crl.pem")]],
    [at("day.bin"), sealing()],
    [pki("emt/enc.pem"), sealing()],
  ] as const) {
    const before = await readFile(out);
    const outcome = await siegel([...more, "--out", out]);
    expect(outcome).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^siegel: --out: .* is the same file as .*\n$/),
    });
    expect((await readFile(out)).equals(before)).toBe(true);
  }
});

test("an output that cannot be written leaves nothing of the content, and a pipe is written into", async () => {
  // A household's day in the clear under a name that nobody looks for; and, for root, /dev/null as a file that fills the disk.
  const file = await sealed("out.cms");
  await mkdir(at("taken/inside"), { recursive: true });
  for (const out of [at("taken"), `${at("taken")}/`, at("nowhere/x")]) {
    const { code, err } = await siegel(opening(file, "--out", out));
    expect(code).toBe(1);
    expect(err).toMatch(/^siegel: sealed by .*\nsiegel: --out: .* cannot be written \([A-Z]+\)\n$/);
  }
  expect(await readdir(at("taken"))).toEqual(["inside"]);
  expect((await readdir(folder)).filter((name) => name.endsWith(".new"))).toEqual([]);
  const pipe = at("pipe");
  execFileSync("mkfifo", [pipe]);
  const read = readFile(pipe);
  expect(await siegel(opening(file, "--out", pipe))).toMatchObject({ code: 0 });
  expect((await stat(pipe)).isFIFO()).toBe(true);
  expect(new Uint8Array(await read)).toEqual(content);
});

test("before sealing, the receiver's certificate is checked on wish, and said not to be checked otherwise", async () => {
  // A false certificate for the right name lets its owner read the file.
  expect((await siegel(sealing("--out", at("x.cms")))).err).toMatch(/not checked/);
  const checked = await siegel(sealing("--out", at("x.cms"), "--root", pki("root.pem"), "--crl", pki("crls")));
  expect(checked).toEqual({ code: 0, out: "", err: "" });
  const args = sealing("--out", at("y.cms"), "--root", pki("root.pem"), "--crl", pki("crls"));
  args[4] = at("other/emt/enc.pem");
  expect(await siegel(args)).toMatchObject({ code: 1, err: expect.stringMatching(/^siegel: --to: \S.*\n$/) });
  await expect(stat(at("y.cms"))).rejects.toThrow(/ENOENT/);
});

test("a key that others can read is told; one that is encrypted, or of something else, is refused", async () => {
  // A private key with mode 644 is one that everybody has.
  const key = at("loose.key.pem");
  await writeFile(key, await readFile(pki("gateway/sig.key.pem")));
  await chmod(key, 0o644);
  const args = sealing("--out", at("x.cms"));
  args[args.indexOf("--key") + 1] = key;
  expect((await siegel(args)).err).toContain("chmod 600");
  await chmod(key, 0o600);
  for (const [text, expected] of [
    ["-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", /encrypted; openssl/],
    ["-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", /no private key/],
    [await readFile(pki("gateway/sig.pem"), "utf8"), /no private key/],
    [await readFile(pki("gateway/enc.key.pem"), "utf8"), /is not the key of the certificate/],
  ] as const) {
    await writeFile(key, text);
    const { code, err } = await siegel(args);
    expect(code).toBe(2);
    expect(err).toMatch(/^siegel: --key: \S.*\n$/);
    expect(err).toMatch(expected);
    expect(err).not.toMatch(/[A-Za-z0-9+/]{40}/); // nothing of what the file holds
  }
});

test.each([
  [["cms", "seal", "/dev/null"]],
  [["cms", "open", "x"]],
  [
    [
      "cms",
      "seal",
      at("day.bin"),
      "--to",
      pki("emt/sig.pem"),
      "--key",
      pki("gateway/sig.key.pem"),
      "--cert",
      pki("gateway/sig.pem"),
    ],
  ],
  [
    [
      "cms",
      "seal",
      at("day.bin"),
      "--to",
      pki("emt/enc.pem"),
      "--key",
      pki("gateway/sig.key.pem"),
      "--cert",
      pki("gateway/sig.pem"),
    ],
  ],
  [["cms", "seal", at("day.bin"), "--to", at("day.bin"), "--key", "x", "--cert", "y"]],
  [[...sealing(), "--cipher", "ecb"]],
  [[...opening("x"), "--at", "yesterday"]],
])("%j is wrong usage, in one line", async (args) => {
  // A key for another purpose must not be used by mistake.
  const { code, out, err } = await siegel(args);
  expect(code).toBe(2);
  expect(out).toBe("");
  expect(err).toMatch(/^siegel: \S.*\n$/);
});
