import { spawn } from "node:child_process";
import { join } from "node:path";
import { makeLab } from "@siegel/pki/testing";

import { expect, test } from "vitest";

import { echoed, gatewayTo, headend, identityOf } from "./lab.ts";
import { filesOf } from "./openssl.ts";
import type { PlainCall } from "./plain-calls.ts";

/** The stack of the plain client has the machine's clock, so its PKI is of today. */
const today = await makeLab({ now: { epochMs: Date.now() } });

test.each(["toLegacyObject", "plain"] as const)("%s of Node still ends the process on brainpool", async (call) => {
  // Wrong: nothing. When this fails, Node has been repaired: withoutLegacyCertificates and the lint rule can go.
  expect(await outcomeOf(call)).toEqual({ code: null, signal: "SIGSEGV", output: "" });
});

test("with the guard the same client lives", async () => {
  // Wrong: should the stack one day be given roots to trust, every gateway dies at its first connection.
  expect(await outcomeOf("guarded")).toEqual({ code: 0, signal: null, output: "survived\n" });
});

test("a server's socket answers the deadly question as if there were no certificate", async () => {
  // Wrong: a log line that asks for the peer's certificate is a way to end the head-end from outside.
  const { port, admitted } = await headend();
  const { socket } = await gatewayTo(port);
  await echoed(socket);
  for (const one of [socket, admitted[0]?.socket]) {
    const asked: Record<string, unknown> = Object.fromEntries(
      ["getPeerCertificate", "getCertificate"].map((name) => [
        name,
        one && Reflect.apply(Reflect.get(one, name), one, [true]),
      ]),
    );
    expect(asked).toEqual({ getPeerCertificate: {}, getCertificate: {} });
  }
});

async function outcomeOf(call: PlainCall): Promise<{ code: number | null; signal: string | null; output: string }> {
  const trust = { anchors: today.anchors, others: today.others, revocation: () => today.crls, now: () => today.now };
  const { port } = await headend({ identity: identityOf(today.emt.TLS, [today.subCa.der]), trust });
  const folder = filesOf(identityOf(today.gateway.TLS, []), today);
  const child = spawn(process.execPath, [join(import.meta.dirname, "plain-calls.ts"), call, folder, String(port)]);
  let output = "";
  child.stdout.on("data", (piece: Buffer) => (output += piece.toString()));
  return new Promise((done) => child.once("close", (code, signal) => done({ code, signal, output })));
}
