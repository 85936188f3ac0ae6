/** PEM: what we write is what openssl writes; what we read is what people paste. */

import { DecodeError } from "@siegel/wire";
import fc from "fast-check";
import { expect, test } from "vitest";

import { fromPem, toPem } from "./pem.ts";

test("blocks are read back in order, with text around them and with the line ends of another system", () => {
  // A chain file would lose a certificate.
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { maxLength: 4 }),
      fc.boolean(),
      (all, crlf) => {
        const text = all.map((der) => `subject=CN = x\n${toPem("CERTIFICATE", der)}`).join("\n");
        expect(fromPem(crlf ? text.replaceAll("\n", "\r\n") : text, "CERTIFICATE")).toEqual(all);
      },
    ),
  );
});

test("of a file with more in it only the wanted blocks are given", () => {
  // A private key would be taken for a certificate.
  const text = toPem("EC PRIVATE KEY", Uint8Array.of(1)) + toPem("CERTIFICATE", Uint8Array.of(2));
  expect(fromPem(text, "CERTIFICATE")).toEqual([Uint8Array.of(2)]);
  expect(fromPem(text)).toHaveLength(2);
  expect(fromPem("nothing here")).toEqual([]);
});

test.each([
  ["no end", "-----BEGIN X-----\nAAAA\n", "bad-framing"],
  ["another end", "-----BEGIN X-----\nAAAA\n-----END Y-----\n", "bad-framing"],
  ["end alone", "-----END X-----\n", "bad-framing"],
  ["one within another", "-----BEGIN X-----\n-----BEGIN X-----\nAAAA\n-----END X-----\n", "bad-framing"],
  ["no base64", "-----BEGIN X-----\nA_AA\n-----END X-----\n", "wrong-type"],
  ["cut base64", "-----BEGIN X-----\nAAA\n-----END X-----\n", "wrong-type"],
  ["empty", "-----BEGIN X-----\n-----END X-----\n", "wrong-type"],
  ["bits behind the last octet", "-----BEGIN X-----\nAB==\n-----END X-----\n", "not-canonical"],
])("%s is refused", (_what, text, code) => {
  // A damaged file would be read as another certificate, or as none.
  expect(() => fromPem(text)).toThrow(DecodeError);
  expect(() => fromPem(text)).toThrow(expect.objectContaining({ code }));
});
