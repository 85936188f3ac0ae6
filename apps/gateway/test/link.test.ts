import { expect, test } from "vitest";

import { answerOf } from "../src/adapters/link.ts";

const body = Uint8Array.of(0x30);
const said = (status: number, headers: Record<string, string> = {}) => answerOf({ status, headers, body });

test("what the receiver says becomes one of three words", () => {
  // A delivery would be dropped on a word that is no receipt, or a busy receiver be asked without a pause.
  expect(said(200, { "content-type": "application/cms" })).toEqual({ kind: "receipt", bytes: body });
  expect(said(200, { "content-type": "application/cms; x=1" })).toEqual({ kind: "receipt", bytes: body });
  expect(said(200, { "content-type": "text/html" })).toEqual({ kind: "refused", code: "not-a-receipt" });
  expect(said(200)).toEqual({ kind: "refused", code: "not-a-receipt" });
  expect(said(503, { "retry-after": "2" })).toEqual({ kind: "busy", retryAfterMs: 2_000 });
  expect(said(503, { "retry-after": "Thu, 01 Jan 2037 00:00:00 GMT" })).toEqual({ kind: "busy", retryAfterMs: 0 });
  expect(said(503, { "retry-after": "99999999" })).toEqual({ kind: "busy", retryAfterMs: 600_000 });
  expect(said(500)).toEqual({ kind: "busy", retryAfterMs: 0 });
  expect(said(429)).toEqual({ kind: "busy", retryAfterMs: 0 });
  expect(said(400)).toEqual({ kind: "refused", code: "http-400" });
  expect(said(302)).toEqual({ kind: "refused", code: "http-302" });
});
