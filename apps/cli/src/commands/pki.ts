/** `siegel pki lab DIR`: a lab's public-key infrastructure in files. `pki serve` is the authority that `siegel up` starts. */

import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { makeFolder } from "@siegel/channel";
import { toHex } from "@siegel/wire";
import { Command, InvalidArgumentError } from "commander";
import type { Context } from "../context.ts";
import { CommandError, exitCode, type ExitCode } from "../exit.ts";
import { writeLabTree } from "../pki/lab-tree.ts";
import type { PkiMessage } from "../pki/messages.ts";
import { serveAuthority } from "../pki/serve.ts";
import type { Terminal } from "../terminal.ts";

interface LabFlags {
  readonly gateway: string;
  readonly administrator: string;
  readonly emt: string;
  readonly force?: true;
}

export function pkiCommand({ terminal, finish }: Context): Command {
  const example = "\nExample:\n  siegel pki lab pki";
  const lab = new Command("lab")
    .summary("write a lab's PKI into a folder, in PEM")
    .description(
      "Writes root, sub-CA, lists of revoked certificates, and a triple of keys and certificates (TLS, SIG, ENC) for a gateway,\n" +
        "its administrator and a market participant. Private keys are PKCS #8, in files that only you can read.",
    )
    .argument("<folder>", "a new or empty folder")
    .option("--gateway <id>", "12 to 14 letters and digits", gatewayId, "ESGL0000000001")
    .option("--administrator <name>", "name of the administrator", holderName, "Siegel-Lab")
    .option("--emt <name>", "name of the market participant", holderName, "Siegel-Lab")
    .option("--force", "write into a folder that is not empty, over files of these names")
    .addHelpText(
      "after",
      `
Examples:
  siegel pki lab pki
  openssl verify -CAfile pki/root.pem -untrusted pki/sub-ca.pem pki/gateway/sig.pem
  siegel cms seal day.bin --to pki/emt/enc.pem --key pki/gateway/sig.key.pem --cert pki/gateway/sig.pem \\
    --chain pki/chain.pem --root pki/root.pem --crl pki/crls --out day.cms

Exit codes: 0 written, 1 the folder cannot be written, 2 wrong usage, or the folder is not empty.`,
    )
    .action(async (folder: string, flags: LabFlags) => finish(await writeLab(folder, flags, terminal)));
  const serve = new Command("serve")
    .description("Issues certificates for the programs of siegel up, which starts it. Not to be called by hand.")
    .argument("<folder>", "where the authority is kept")
    .addHelpText("after", "\nExample:\n  siegel up")
    .action(async (folder: string) => finish(await serveIn(folder, terminal)));
  return new Command("pki")
    .summary("make the certificates of a lab")
    .description("Makes the certificates of a lab.")
    .addCommand(lab)
    .addCommand(serve, { hidden: true })
    .addHelpText("after", example);
}

async function writeLab(folder: string, flags: LabFlags, terminal: Terminal): Promise<ExitCode> {
  const path = resolve(folder);
  prepare(path, flags.force === true);
  const { root, certificates } = await writeLabTree(
    path,
    [
      { folder: "gateway", role: "SMGW", name: flags.gateway },
      { folder: "administrator", role: "GWA", name: flags.administrator },
      { folder: "emt", role: "EMT", name: flags.emt },
    ],
    { epochMs: Date.now() },
  );
  for (const { path: file, certificate } of certificates) {
    terminal.out(`${file.padEnd(pathColumn)}  ${certificate.name}, ${certificate.purpose}\n`);
  }
  terminal.out(`\ntrust root  SHA-256 ${toHex(root.fingerprint)}\nindex.txt says more.\n`);
  return exitCode.ok;
}

/** Makes the folder, or makes sure that nothing of somebody's is written over. */
function prepare(path: string, force: boolean): void {
  let names: string[];
  try {
    makeFolder(path);
    names = readdirSync(path);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "error";
    throw new CommandError(exitCode.failed, `${path} cannot be used as a folder (${code}); give another`, { cause });
  }
  if (names.length > 0 && !force) {
    throw new CommandError(
      exitCode.usage,
      `${path} is not empty; give a new folder, or --force to write over its keys`,
    );
  }
}

async function serveIn(folder: string, terminal: Terminal): Promise<ExitCode> {
  if (process.send === undefined || !process.connected) {
    throw new CommandError(exitCode.usage, "pki serve answers the process that starts it; call siegel up");
  }
  const parent = {
    send: (message: PkiMessage) => void (process.connected && process.send?.(message)),
    onQuestion: (take: (question: unknown) => void) => void process.on("message", take),
  };
  await serveAuthority(resolve(folder), parent, terminal.ended);
  return exitCode.ok;
}

function gatewayId(text: string): string {
  if (!/^[A-Za-z0-9]{12,14}$/.test(text))
    throw new InvalidArgumentError("a gateway's id is 12 to 14 letters and digits");
  return text;
}

function holderName(text: string): string {
  if (!/^[A-Za-z0-9_-]{1,48}$/.test(text)) throw new InvalidArgumentError("letters, digits, - and _, at most 48");
  return text;
}

const pathColumn = 26;
