/** `siegel cms seal|open`: any file, sealed for one receiver and signed, the way deliveries are. */

import { statSync, writeFileSync } from "node:fs";
import { writeWhole } from "@siegel/channel";
import {
  type ContentCipher,
  DeliveryError,
  maxDeliveryBytes,
  openContent,
  type Receiver,
  sealContent,
  type Sender,
} from "@siegel/cms";
import type { FileKey } from "@siegel/crypto";
import { type At, type Certificate, PathError, type Purpose, roles, validatePath } from "@siegel/pki";
import { equalBytes } from "@siegel/wire";
import { Command, Option } from "commander";
import type { Context } from "../context.ts";
import { CommandError, exitCode, type ExitCode } from "../exit.ts";
import { textOfCode } from "../proof/words.ts";
import { wholeSource } from "../read/whole-source.ts";
import type { Terminal } from "../terminal.ts";
import { instantOption } from "../trust/instant-option.ts";
import { certificateIn, certificatesIn, keyIn, revocationListsIn } from "../trust/pem-files.ts";

interface CommonFlags {
  readonly key: string;
  readonly cert: string;
  readonly root?: string;
  readonly chain?: readonly string[];
  readonly crl?: readonly string[];
  readonly out: string;
}

interface SealFlags extends CommonFlags {
  readonly to: string;
  readonly cipher: ContentCipher;
}

interface OpenFlags extends CommonFlags {
  readonly root: string;
  readonly from?: string;
  readonly at?: At;
  readonly explain?: true;
}

export function cmsCommand({ terminal, finish }: Context): Command {
  const seal = new Command("seal")
    .summary("encrypt a file for one receiver, and sign it")
    .description(
      "Encrypts for the receiver's ENC key (ECKA-EG on brainpoolP256r1) and signs the result with the sender's SIG key: CMS,\n" +
        "AuthEnvelopedData inside SignedData. Only the receiver reads it, and everybody sees who sealed it.",
    )
    .argument("<file>", "what is sealed; - for standard input")
    .requiredOption("--to <pem>", "the receiver's ENC certificate")
    .requiredOption("--key <pem>", "file with the sender's SIG key, PKCS #8")
    .requiredOption("--cert <pem>", "the sender's SIG certificate")
    .option("--chain <pem...>", "certificates of the authorities between it and the root, to be sent along")
    .option("--root <pem>", "check the receiver's certificate against this root before sealing")
    .option("--crl <path...>", "lists of revoked certificates for that check, or folders of them")
    .addOption(
      new Option("--cipher <name>", "AES-128-GCM, or AES-128-CBC with AES-128-CMAC")
        .choices(["gcm", "cbc-cmac"])
        .default("gcm"),
    )
    .option("--out <file>", "where it goes; - for standard output", "-")
    .addHelpText(
      "after",
      `
Examples:
  siegel cms seal day.bin --to emt/enc.pem --key gateway/sig.key.pem --cert gateway/sig.pem --chain sub-ca.pem --out day.cms
  siegel cms seal - --to emt/enc.pem --root root.pem --crl crls --chain sub-ca.pem \\
    --key gateway/sig.key.pem --cert gateway/sig.pem --cipher cbc-cmac < day.bin > day.cms

Exit codes: 0 sealed, 1 the receiver's certificate is refused, 2 wrong usage.`,
    )
    .action(async (file: string, flags: SealFlags) => finish(await sealFile(file, flags, terminal)));
  const open = new Command("open")
    .summary("check who sealed a file, and decrypt it")
    .description(
      "Checks signature, chain and revocation, then decrypts: nothing is written before everything holds. Every refusal reads\n" +
        "the same; --explain says why, which is for you and not for whoever sent it.",
    )
    .argument("<file>", "what was sealed; - for standard input")
    .requiredOption("--key <pem>", "file with your ENC key, PKCS #8")
    .requiredOption("--cert <pem>", "your ENC certificate")
    .requiredOption("--root <pem>", "the root that you trust")
    .option("--chain <pem...>", "certificates of authorities that did not come along")
    .option("--crl <path...>", "lists of revoked certificates of every authority, or folders of them")
    .option("--from <name>", "accept only a seal of this name, as ESGL0000000001.SMGW")
    .option("--at <instant>", "when the sender's chain has to have been valid (default: now)", instantOption)
    .option("--explain", "say why something is refused")
    .option("--out <file>", "where it goes, readable by you only; - for standard output", "-")
    .addHelpText(
      "after",
      `
Examples:
  siegel cms open day.cms --key emt/enc.key.pem --cert emt/enc.pem --root root.pem --crl crls --out day.bin
  siegel cms open - --key emt/enc.key.pem --cert emt/enc.pem --root root.pem --crl crls --explain < day.cms | less

Exit codes: 0 opened, 1 refused, 2 wrong usage.`,
    )
    .action(async (file: string, flags: OpenFlags) => finish(await openFile(file, flags, terminal)));
  return new Command("cms")
    .summary("seal and open files")
    .description("Seals files for one receiver, and opens them.")
    .addCommand(seal)
    .addCommand(open)
    .addHelpText("after", "\nExample:\n  siegel cms seal --help");
}

async function sealFile(file: string, flags: SealFlags, terminal: Terminal): Promise<ExitCode> {
  keepInputs(flags.out, [file, flags.to, ...inputsOf(flags)]);
  const receiver = ownCertificate(flags.to, "--to", "ENC");
  const certificate = ownCertificate(flags.cert, "--cert", "SIG");
  const key = keyOf(flags, certificate, terminal);
  const others = authoritiesIn(flags);
  if (!others.some(({ keyId }) => equalBytes(keyId, certificate.authorityKeyId ?? new Uint8Array()))) {
    throw new CommandError(
      exitCode.usage,
      "--chain: the certificate of the authority that issued --cert has to go along",
    );
  }
  await checkReceiver(receiver, flags, terminal);
  const content = await wholeSource(file, terminal.ended, maxDeliveryBytes);
  const sender: Sender = { module: { sign: (ask) => key.sign(ask) }, slot: "sig", certificate, others };
  const sealed = await sealContent({ content, sender, receiver, cipher: flags.cipher }).catch((error: unknown) => {
    if (!(error instanceof DeliveryError)) throw error;
    throw new CommandError(
      exitCode.usage,
      `${file} is too large: a sealed file has at most ${maxDeliveryBytes / 2 ** 20} MiB`,
    );
  });
  write(sealed, flags.out, 0o644, terminal);
  return exitCode.ok;
}

async function openFile(file: string, flags: OpenFlags, terminal: Terminal): Promise<ExitCode> {
  keepInputs(flags.out, [file, ...inputsOf(flags)]);
  const certificate = ownCertificate(flags.cert, "--cert", "ENC");
  const key = keyOf(flags, certificate, terminal);
  const trust = {
    anchors: certificatesIn(flags.root, "--root"),
    others: authoritiesIn(flags),
    revocation: revocationListsIn(flags.crl ?? [], "--crl"),
  };
  const der = await wholeSource(file, terminal.ended, maxDeliveryBytes);
  const receiver: Receiver = { module: { agree: (ask) => key.agree(ask) }, slot: "enc", certificate };
  const at = flags.at ?? { epochMs: Date.now() };
  try {
    const { content, sender } = await openContent({ der, receiver, trust, role: sealers, at });
    const { name } = sender.leaf;
    if (flags.from !== undefined && flags.from !== name) throw new OtherSealer();
    terminal.err(`siegel: sealed by ${name}\n`);
    write(content, flags.out, 0o600, terminal);
    return exitCode.ok;
  } catch (error) {
    if (!(error instanceof DeliveryError) && !(error instanceof OtherSealer)) throw error;
    const reason = error instanceof OtherSealer ? "other-sealer: --from names another" : reasonOf(error);
    throw new CommandError(exitCode.failed, flags.explain === true ? `refused: ${reason}` : "refused", {
      cause: error,
    });
  }
}

/** Sealed in order, by another than the one whom the person expects. */
class OtherSealer extends Error {
  override readonly name = "OtherSealer";
}

function reasonOf(error: DeliveryError): string {
  const { cause } = error;
  const whose =
    cause instanceof PathError && cause.certificate !== undefined
      ? ` (${cause.certificate.replaceAll(/\p{C}/gu, "?")})`
      : "";
  return `${error.code}: ${textOfCode(error.code)}${whose}`;
}

/** A certificate for one purpose: a key for another must not be used, by mistake least of all. */
function ownCertificate(path: string, option: string, purpose: Purpose): Certificate {
  const certificate = certificateIn(path, option);
  if (certificate.purpose === purpose && certificate.publicKey.curve === "brainpoolP256r1") return certificate;
  const found = certificate.purpose === undefined ? "no purpose of the SM-PKI" : `purpose ${certificate.purpose}`;
  throw new CommandError(
    exitCode.usage,
    `${option}: ${path} has ${found} on ${certificate.publicKey.curve}; needed is ${purpose} on brainpoolP256r1`,
  );
}

function keyOf({ key: path, cert }: CommonFlags, certificate: Certificate, terminal: Terminal): FileKey {
  const key = keyIn(path, "--key", (text) => terminal.err(`siegel: ${text}\n`));
  if (key.publicKey.equals(certificate.publicKey)) return key;
  throw new CommandError(exitCode.usage, `--key: ${path} is not the key of the certificate ${cert}`);
}

function authoritiesIn({ chain = [] }: CommonFlags): readonly Certificate[] {
  return chain.flatMap((path) => certificatesIn(path, "--chain"));
}

/** Whom it is sealed for is a question of trust, too: a false certificate would let its owner read. */
async function checkReceiver(leaf: Certificate, flags: SealFlags, terminal: Terminal): Promise<void> {
  if (flags.root === undefined) {
    terminal.err(`siegel: the certificate of ${leaf.name} is not checked; --root and --crl check it\n`);
    return;
  }
  const anchors = certificatesIn(flags.root, "--root");
  const revocation = revocationListsIn(flags.crl ?? [], "--crl");
  const at = { epochMs: Date.now() };
  try {
    await validatePath({ leaf, others: authoritiesIn(flags), anchors, revocation, at, role: sealers, purpose: "ENC" });
  } catch (error) {
    if (!(error instanceof PathError)) throw error;
    throw new CommandError(exitCode.failed, `--to: ${error.code}: ${textOfCode(error.code)}`, { cause: error });
  }
}

function inputsOf({ key, cert, root, chain = [], crl = [] }: CommonFlags): readonly string[] {
  return [key, cert, ...(root === undefined ? [] : [root]), ...chain, ...crl];
}

/** A slip in a line of six paths must not cost the key: it may be the only one that opens what was sealed for it. */
function keepInputs(out: string, inputs: readonly string[]): void {
  const target = fileAt(out);
  if (target?.isFile() !== true) return;
  const input = inputs.find((path) => {
    const stats = fileAt(path);
    return stats?.ino === target.ino && stats.dev === target.dev;
  });
  if (input !== undefined) throw new CommandError(exitCode.usage, `--out: ${out} is the same file as ${input}`);
}

function fileAt(path: string) {
  return path === "-" ? undefined : statSync(path, { throwIfNoEntry: false });
}

function write(content: Uint8Array, out: string, mode: number, terminal: Terminal): void {
  if (out === "-") {
    if (terminal.interactive)
      throw new CommandError(exitCode.usage, "these bytes are not for a screen; give --out FILE or a pipe");
    return terminal.bytes(content);
  }
  try {
    const target = fileAt(out);
    // A pipe or device is written into; a file put in its place would be the end of /dev/null.
    if (target !== undefined && !target.isFile() && !target.isDirectory()) writeFileSync(out, content);
    else writeWhole(out, content, mode);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "error";
    throw new CommandError(exitCode.failed, `--out: ${out} cannot be written (${code})`, { cause });
  }
}

/** Everybody but authorities. */
const sealers = roles.filter((role) => role !== "ROOT" && role !== "SUB-CA");
