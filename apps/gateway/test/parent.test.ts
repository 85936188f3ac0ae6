import { expect, test } from "vitest";

import { certificatesOf } from "../src/adapters/parent.ts";

const der = Uint8Array.of(0x30, 0);
const whole = { type: "certificates", TLS: der, SIG: der, ENC: der, chain: [der] };

test("a parent's message is certificates or nothing", () => {
  // Whatever comes over the channel would be certified, or end the gateway with an exception.
  expect(certificatesOf(whole)).toEqual(whole);
  expect(certificatesOf({ ...whole, more: 1 })).toEqual(whole);
  const others = [
    null,
    1,
    "certificates",
    [],
    {},
    { ...whole, type: "ready" },
    { ...whole, ENC: "text" },
    { ...whole, chain: [1] },
  ];
  for (const other of others) expect(certificatesOf(other)).toBeUndefined();
});
