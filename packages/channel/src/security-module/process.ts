/**
 * The process of a security module: keys live in here, and in the program that uses them only handles.
 *
 * In: calls over the channel of `fork`.  Out: answers. State is on the disk before an answer leaves.
 * Not here: what a module does (crypto), how it is started and with how few rights (./spawn).
 * Its end: when the channel closes, which also happens when the parent is killed. Signals of a terminal reach all processes of
 * its group at once; they are ignored here, since the parent may still need a signature on its way out.
 */

import { exportSecretKey, PublicKey, type SecurityModule, SoftwareModule } from "@siegel/crypto";

import type { Call, FromProcess, ToProcess } from "./protocol.ts";
import { sentError, sentSlot } from "./protocol.ts";
import { openStateFile } from "./state-file.ts";

/** The name of this file. Whoever starts it imports the type, so that a build has it, too. */
export type EntryName = "process";

let module: SecurityModule | undefined;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
process.on("disconnect", () => process.exit(0));
process.umask(0o077);
process.on("message", (message: ToProcess) => {
  if (message.type === "open") open(message.directory);
  else void answer(message.id, message.call);
});

function open(directory: string): void {
  try {
    module = SoftwareModule.open(openStateFile(directory), { nowMs: () => Date.now() });
    send({ type: "opened" });
  } catch (error) {
    send({ type: "not-opened", error: sentError(error) });
  }
}

async function answer(id: number, call: Call): Promise<void> {
  try {
    if (module === undefined) throw new Error("called before it was opened");
    const value = await made(module, call);
    send({ type: "answer", id, value });
    if (call.method === "agree" || call.method === "exportTlsKey") erase(value);
  } catch (error) {
    send({ type: "refusal", id, error: sentError(error) });
  }
}

async function made(module: SecurityModule, call: Call): Promise<unknown> {
  switch (call.method) {
    case "slots":
      return (await module.slots()).map(sentSlot);
    case "generate":
    case "certify":
    case "retire":
      return sentSlot(await change(module, call));
    case "activate":
    case "revoke":
    case "destroy":
      return sentSlot(await module[call.method](call.slot));
    case "sign":
    case "signRequest":
      return module[call.method](call);
    case "agree":
      return exportSecretKey(await module.agree({ ...call, peer: PublicKey.fromSpki(call.peer) }));
    case "nextNumber":
    case "currentNumber":
      return module[call.method](call.counter);
    case "random":
      return module.random(call.byteLength);
    case "exportTlsKey":
      return module.exportTlsKey(call.slot);
  }
}

function change(module: SecurityModule, call: Extract<Call, { method: "generate" | "certify" | "retire" }>) {
  if (call.method === "generate") return module.generate(call);
  return call.method === "certify" ? module.certify(call) : module.retire(call);
}

function erase(value: unknown): void {
  if (value instanceof Uint8Array) value.fill(0);
}

/** A parent that was killed takes no answer; “disconnect” follows. */
function send(message: FromProcess): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}
