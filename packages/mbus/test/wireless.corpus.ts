/** Radio telegrams of real meters beside the checkout: every one that has its key opens, and nothing else does. */

import { Instant } from "@siegel/readings";
import { equalBytes, fromHex } from "@siegel/wire";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { corpusCases } from "../../../scripts/corpus.ts";
import { unwrapFrame, wrapFrame } from "../src/framing/wireless/formats.ts";
import { Keyring } from "../src/security/keyring.ts";
import { type Opening, TelegramOpener } from "../src/security/open.ts";

interface Sealed {
  readonly key: string;
  readonly hex: string;
  readonly hex_frameA_crc?: string;
  readonly name?: string;
  readonly mode?: string;
  readonly driver?: string;
}

const now = Instant.ofEpochMs(0);

function lines(path: string, file: string): Sealed[] {
  const text = readFileSync(join(path, file), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Sealed); // as documented in the corpus' README
}

function open(frame: Uint8Array, key: Uint8Array): Opening {
  const keyring = new Keyring();
  keyring.setKeyForAny(key);
  return new TelegramOpener({ keyring }).open(frame, now);
}

corpusCases(
  {
    folder: "mbus",
    count: 97,
    cases: (path) => lines(path, "telegrams-reencrypted.jsonl"),
    nameOf: ({ driver, mode, hex }) => `re-encrypted ${driver} ${mode} ${hex.slice(4, 20)}`,
  },
  ({ key, hex, hex_frameA_crc }) => {
    // A meter that people have at home would stay unreadable with the right key, or be readable with a wrong one.
    const plain = fromHex(hex);
    const line = fromHex(hex_frameA_crc!);
    const frame = unwrapFrame(line);
    expect(frame.format).toBe("a");
    expect(equalBytes(frame.octets, plain)).toBe(true);
    expect(equalBytes(wrapFrame(plain, "a"), line)).toBe(true);
    expect(equalBytes(unwrapFrame(wrapFrame(plain, "b"), { format: "b" }).octets, plain)).toBe(true);

    const opened = open(plain, fromHex(key));
    expect(opened).toMatchObject({ is: "opened", keyVersion: 0 });
    if (opened.is !== "opened") return;
    expect(opened.warnings).toContain("default-key");
    expect(opened.warnings).not.toContain("already-plain");
    const wrong = fromHex(key).map((octet) => octet ^ 0x01);
    expect(open(plain, wrong)).toMatchObject({ is: "refused" });
  },
);

corpusCases(
  {
    folder: "mbus",
    count: 5,
    cases: (path) => lines(path, "telegrams-synthetic.jsonl"),
    nameOf: ({ name }) => `synthetic ${name}`,
  },
  ({ key, hex }) => {
    // MACs of other lengths, the other direction, or mode 10 would be read by nobody.
    const opened = open(fromHex(hex), fromHex(key));
    expect(opened).toMatchObject({ is: "opened", keyVersion: 0 });
    if (opened.is !== "opened") return;
    expect(opened.tagBytes).toBeGreaterThanOrEqual(2);
    expect(opened.content.length).toBeGreaterThan(10);
  },
);

interface Public {
  readonly source: string;
  readonly driver: string | null;
  readonly key: string | null;
  readonly hex: string;
  readonly class: { readonly link?: string; readonly mode?: number | string; readonly len_ok?: boolean };
}

corpusCases(
  {
    folder: "mbus",
    count: 240,
    cases: (path) =>
      readFileSync(join(path, "telegrams.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Public) // as documented in the corpus' README
        // One has half an octet.
        .filter(({ hex, class: { link, len_ok } }) => link === "wmbus" && len_ok === true && hex.length % 2 === 0),
    nameOf: ({ driver, hex }) => `${driver ?? "other"} ${hex.slice(0, 24)}`,
  },
  ({ key, hex }) => {
    // A real telegram would be an error of ours instead of an answer, or a gateway would take what came decrypted.
    const keyring = new Keyring();
    if (key !== null) keyring.setKeyForAny(fromHex(key));
    const frame = unwrapFrame(fromHex(hex), { maxTrailingBytes: 16 });
    const opened = new TelegramOpener({ keyring }).open(frame.octets, now);
    if (opened.is === "refused") expect(understood).toContain(opened.verdict);
    const strict = new TelegramOpener({ keyring, use: "gateway" }).open(frame.octets, now);
    if (strict.is === "opened" && strict.content.length > 0 && strict.tpl?.kind !== "transport") {
      expect(strict.protections.some(({ trust }) => trust !== "clear")).toBe(true);
      expect(strict.warnings).not.toContain("already-plain");
    }
  },
);

/** What a person can do something about. */
const understood = ["no-key", "wrong-key", "unsupported-mode", "mac-mismatch", "bad-check-bytes"];
