// If this failed, owners of real meters would be sent to look for faults they do not have, or not be told of their own.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { DiagnosisCode } from "../diagnose.ts";
import { diagnosisOf } from "./samples.ts";

const corpus = new URL("../../../../../../shared/corpus/", import.meta.url);

function captures(folder: string, pattern: RegExp): string[] {
  const place = new URL(`${folder}/`, corpus);
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((name) => pattern.test(name))
    .map((name) => `${folder}/${name}`);
}

function codesOf(name: string): DiagnosisCode[] {
  return diagnosisOf(readFileSync(new URL(name, corpus)), { fromLine: false }).map(({ code }) => code);
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

const sml = [...captures("sml", /bin$/), ...captures("sml-other", /./), ...captures("sml-signed", /bin$/)];

test.skipIf(sml.length === 0).each(sml)("%s", (name) => {
  expect(codesOf(name)).toEqual(troubled[name] ?? []);
});

const others: readonly (readonly [folder: string, pattern: RegExp, DiagnosisCode])[] = [
  ["d0", /txt$/, "protocol-iec62056-21"],
  ["p1/dsmr_parser", /^(?!.*ESY).*txt$/, "protocol-p1"],
  ["p1/dsmr_parser", /ESY.*txt$/, "protocol-iec62056-21"], // pushed by an EasyMeter: no object of P1 in it
  ["p1/node-dsmr-parser", /txt$/, "protocol-p1"],
  ["p1/node-dsmr-parser-encrypted", /txt$/, "protocol-p1-encrypted"],
  ["hdlc/node-dsmr-parser-dlms", /txt$/, "protocol-hdlc"],
  ["dlms/meters", /^hdlc_[^_]*_?[^_]*_?[^_]*(?<!decoded)\.log$/, "protocol-hdlc"],
  ["dlms/meters", /^mbus_kmswest\.log$/, "protocol-mbus"],
];

for (const [folder, pattern, code] of others) {
  const names = captures(folder, pattern);
  test.skipIf(names.length === 0).each(names)(`%s is ${code}`, (name) => {
    expect(codesOf(name)).toContain(code);
  });
}
