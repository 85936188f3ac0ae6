// If this failed, a person whose meter works would be sent to look for faults.

import { expect, test } from "vitest";
import { wrapFile } from "../../framing/wrap.ts";
import { encodeFile } from "../../messages/file.ts";
import { diagnosisOf, energy, join, line, push } from "./samples.ts";

test.each([
  ["one telegram", line(1)],
  ["some seconds", line(9)],
  ["begun in the middle of a telegram", line(4).subarray(77)],
  ["ended in the middle of a telegram", line(4).subarray(0, -77)],
  ["with idle bytes between", join([line(2), new Uint8Array(5), line(2)])],
  ["energy in whole kWh, but power too", line(2, [energy(3, 1234), { ...energy(0, 5), unit: 27 }])],
  ["energy only, in fine resolution", line(2, [energy(-1, 12_345_678)])],
  ["an open and a close and nothing between", wrapFile(encodeFile(push(1).filter((_, at) => at !== 1)))],
])("nothing is said about a good capture: %s", (_, bytes) => {
  expect(diagnosisOf(bytes)).toEqual([]);
});
