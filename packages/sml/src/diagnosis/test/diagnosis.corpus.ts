// If this failed, owners of real meters would be sent to look for faults they do not have, or not be told of their own.

import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect } from "vitest";
import { corpusCases } from "../../../../../scripts/corpus.ts";
import { SmlFramer } from "../../framing/framer.ts";
import type { DiagnosisCode } from "../diagnose.ts";
import { diagnosisOf } from "./samples.ts";

interface Captures {
  /** Within the corpus. */
  readonly folder: string;
  /** Which files of it. */
  readonly pattern: RegExp;
  readonly count: number;
}

function diagnosed(
  captures: Captures,
  check: (codes: readonly DiagnosisCode[], name: string, file: string) => void,
): void {
  corpusCases(
    {
      ...captures,
      cases: (path) =>
        readdirSync(path)
          .filter((name) => captures.pattern.test(name))
          .map((name) => join(path, name)),
      nameOf: (file) => `${basename(file)} is explained`,
    },
    (file) => {
      const codes = diagnosisOf(readFileSync(file), { fromLine: false }).map(({ code }) => code);
      check(codes, `${captures.folder}/${basename(file)}`, file);
    },
  );
}

/** All other captures are good, and nothing is said. */
const troubled: Readonly<Record<string, readonly DiagnosisCode[]>> = {
  "sml/DZG_DVS-7420.2V.G2_mtr1_error.bin": ["terminal"],
  "sml/EasyMeter_Q3A_A1064V1009.bin": ["bytes-lost", "damaged-now-and-then"],
  "sml/dzg_dwsb20_2th_3byte.bin": ["bytes-lost", "damaged-now-and-then"],
  "sml/ISKRA_MT631-D2A51-V22-K0z_without_PIN.bin": ["reduced-data-set"],
  "sml/ITRON_OpenWay-3.HZ_without_PIN.bin": ["reduced-data-set"],
  "sml/eBZ_DD3_DD32R06DTA-SMZ1.bin": ["reduced-data-set"], // its name does not say so, its values do
  "sml/eBZ_DD3_DD3BZ06DTA-SMZ1_without_PIN.bin": ["reduced-data-set"],
  "sml-signed/signed-03.bin": ["damaged-always"], // one object code changed on purpose
};

const sml: readonly Captures[] = [
  { folder: "sml", pattern: /bin$/, count: 24 },
  { folder: "sml-other", pattern: /bin$/, count: 1 },
  { folder: "sml-signed", pattern: /bin$/, count: 8 },
];

for (const captures of sml) {
  diagnosed(captures, (codes, name, file) => {
    const known = troubled[name];
    if (known !== undefined) expect(codes).toEqual(known);
    else if (isWhole(file)) expect(codes).toEqual([]);
  });
}

/** Whether nothing is damaged but, at most, a fragment where the capture ends: such a file needs no word. */
function isWhole(file: string): boolean {
  const framer = new SmlFramer();
  const damaged = [...framer.push(readFileSync(file)), ...framer.flush()].filter(({ kind }) => kind === "damaged");
  return (
    damaged.length === 0 ||
    (damaged.length === 1 && damaged[0]?.kind === "damaged" && damaged[0].error.code === "truncated")
  );
}

const others: readonly (Captures & { readonly code: DiagnosisCode })[] = [
  { folder: "d0", pattern: /txt$/, count: 10, code: "protocol-iec62056-21" },
  { folder: "p1/dsmr_parser", pattern: /^(?!.*ESY).*txt$/, count: 7, code: "protocol-p1" },
  // Pushed by an EasyMeter: no object of P1 in it.
  { folder: "p1/dsmr_parser", pattern: /ESY.*txt$/, count: 1, code: "protocol-iec62056-21" },
  { folder: "p1/node-dsmr-parser", pattern: /txt$/, count: 12, code: "protocol-p1" },
  { folder: "p1/node-dsmr-parser-encrypted", pattern: /txt$/, count: 2, code: "protocol-p1-encrypted" },
  { folder: "hdlc/node-dsmr-parser-dlms", pattern: /txt$/, count: 7, code: "protocol-hdlc" },
  { folder: "dlms/meters", pattern: /^hdlc_.*(?<!_decoded)\.log$/, count: 3, code: "protocol-hdlc" },
  { folder: "dlms/meters", pattern: /^mbus_kmswest\.log$/, count: 1, code: "protocol-mbus" },
];

for (const { code, ...captures } of others) {
  diagnosed(captures, (codes) => {
    expect(codes).toContain(code);
  });
}
