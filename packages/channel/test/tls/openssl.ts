/** The command `openssl` as the other side of a connection, with files of the lab. */

import { type ChildProcess, spawn } from "node:child_process";

import { toPem } from "@siegel/pki";
import type { Lab } from "@siegel/pki/testing";
import { onTestFinished } from "vitest";

import type { TlsIdentity } from "../../src/index.ts";
import { folderWith, identityOf, lab, nodeIdentity } from "./lab.ts";

/** A folder with root.pem, chain.pem, and certificate and key of the given identity. */
export function filesOf(identity: TlsIdentity, of: Lab = lab): string {
  const { cert, key } = nodeIdentity({ ...identity, chain: [] });
  return folderWith({
    "root.pem": toPem("CERTIFICATE", of.root.der),
    "chain.pem": toPem("CERTIFICATE", of.subCa.der),
    "own.pem": cert,
    "own.key": key,
  });
}

/**
 * A gateway that is `openssl s_client`, with TLS 1.2 (OpenSSL 3.0 knows brainpool in 1.2 only).
 *
 * @param options.say  What it is told on its standard input; a line “R” asks for renegotiation.
 * @returns Its whole output, when it has ended, or when `until` was in it and it was told to end.
 */
export async function sClient(
  port: number,
  options: { args?: readonly string[]; say?: readonly string[]; until?: string; identity?: TlsIdentity } = {},
): Promise<string> {
  const { args = ["-tls1_2"], say = ["ping\n"], until = "ping", identity = identityOf(lab.gateway.TLS) } = options;
  const own = ["-cert", "own.pem", "-key", "own.key", "-cert_chain", "chain.pem"];
  const judged = ["-CAfile", "root.pem", "-attime", String(Math.floor(lab.now.epochMs / 1000)), "-verify_return_error"];
  const child = started(["s_client", "-connect", `127.0.0.1:${port}`, ...own, ...judged, ...args], filesOf(identity));
  let output = "";
  let said = 0;
  const read = (piece: Buffer): void => {
    output += piece.toString("latin1");
    // Its report ends so; only then is it ready to be told something. It takes what comes at once for one command.
    const told = output.includes("Extended master secret") ? (output.includes("RENEGOTIATING") ? 2 : 1) : 0;
    for (; said < Math.min(told, say.length); said++) child.stdin?.write(say[said]);
    if (output.includes(until)) child.stdin?.end();
  };
  child.stdout?.on("data", read);
  child.stderr?.on("data", read);
  await new Promise((done) => child.once("close", done));
  return output;
}

/** A head-end that is `openssl s_server -rev`: it demands our certificate, and turns each line round. */
export async function sServer(args: readonly string[]): Promise<{ port: number; output: () => string }> {
  const own = ["-cert", "own.pem", "-key", "own.key", "-cert_chain", "chain.pem"];
  const judged = ["-CAfile", "root.pem", "-attime", String(Math.floor(lab.now.epochMs / 1000)), "-verify_return_error"];
  const all = [
    "s_server",
    "-accept",
    "127.0.0.1:0",
    "-rev",
    "-Verify",
    "3",
    "-x509_strict",
    ...own,
    ...judged,
    ...args,
  ];
  const child = started(all, filesOf(identityOf(lab.emt.TLS)));
  let output = "";
  const port = await new Promise<number>((done, refuse) => {
    const read = (piece: Buffer): void => {
      output += piece.toString("latin1");
      const [, listening] = /ACCEPT 127\.0\.0\.1:(\d+)/.exec(output) ?? [];
      if (listening !== undefined) done(Number(listening));
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("close", () => refuse(new Error(output)));
  });
  return { port, output: () => output };
}

function started(args: readonly string[], cwd: string): ChildProcess {
  const child = spawn("openssl", args, { cwd, stdio: "pipe" });
  child.stdin.on("error", () => {}); // it may be gone before it is told something
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}
