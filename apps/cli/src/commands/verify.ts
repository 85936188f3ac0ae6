/** `siegel verify DELIVERY --root PEM`: is this what a gateway sealed? Step by step, offline, trusting nobody but the root. */

import {
  checkProof,
  decodeProofBundle,
  maxBlockBytes,
  maxBundleBytes,
  type ProofBundle,
  type ProofResult,
  type ProofStep,
} from "@siegel/cms";
import { type At, DerReader } from "@siegel/pki";
import { DecodeError, toHex } from "@siegel/wire";
import { Command, InvalidArgumentError } from "commander";
import type { Context } from "../context.ts";
import { CommandError, exitCode, type ExitCode } from "../exit.ts";
import { answerOf, questions } from "../proof/words.ts";
import { wholeSource } from "../read/whole-source.ts";
import type { Terminal } from "../terminal.ts";
import { instantOption } from "../trust/instant-option.ts";
import { certificatesIn, revocationListsIn } from "../trust/pem-files.ts";

interface VerifyFlags {
  readonly root: string;
  readonly block?: string;
  readonly index?: number;
  readonly receipt?: string;
  readonly chain?: readonly string[];
  readonly crl?: readonly string[];
  readonly at?: At;
  readonly json?: true;
}

export function verifyCommand({ terminal, finish }: Context): Command {
  return new Command("verify")
    .summary("check a proof step by step, offline")
    .description(
      "Checks a proof bundle (.siegel-proof, as the portal gives it) or a delivery as the gateway sent it, and says of each step\n" +
        "what was found. Nothing is asked of the network, and nobody is believed but the root that you name. Chains are judged at\n" +
        "the instant of the receiver's receipt.",
    )
    .argument("<delivery>", "a proof bundle or a delivery; - for standard input")
    .requiredOption("--root <pem>", "certificate of the root that you trust")
    .option("--block <file>", "octets of a block, to be judged in place of the bundle's")
    .option("--index <number>", "place of that block in the delivery, where the bundle holds several", wholeNumber)
    .option("--receipt <file>", "the receipt of a delivery")
    .option("--chain <pem...>", "further certificates: of authorities, and of the receiver's ENC key")
    .option("--crl <path...>", "further lists of revoked certificates, or folders of them")
    .option(
      "--at <instant>",
      "where there is no receipt: when the chain has to have been valid (default: now)",
      instantOption,
    )
    .option("--json", "all steps as one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  siegel verify 1SGL0457288537-2026-11-25.siegel-proof --root siegel-data/pki/root.pem
  siegel verify day.siegel-proof --root root.pem --block other-day.block
  siegel verify delivery.cms --root root.pem --crl pki/crls --json

Exit codes: 0 every step that could be judged holds, 1 one fails, 2 wrong usage.`,
    )
    .action(async (delivery: string, flags: VerifyFlags) => finish(await verify(delivery, flags, terminal)));
}

async function verify(file: string, flags: VerifyFlags, terminal: Terminal): Promise<ExitCode> {
  const anchors = certificatesIn(flags.root, "--root");
  const given = await wholeSource(file, terminal.ended, maxBundleBytes);
  const bundle = withMore(bundleOf(given, file), flags, {
    receipt: flags.receipt === undefined ? undefined : await wholeSource(flags.receipt, terminal.ended, maxBundleBytes),
  });
  const block =
    flags.block === undefined
      ? undefined
      : {
          index: indexOf(bundle, flags.index),
          bytes: await wholeSource(flags.block, terminal.ended, maxBlockBytes),
        };
  const result = await checkProof({
    bundle,
    anchors,
    at: flags.at ?? { epochMs: Date.now() },
    ...(block === undefined ? {} : { block }),
  });
  const root = toHex(anchors[0]!.fingerprint);
  if (flags.json === true) terminal.out(`${JSON.stringify({ passed: result.passed, root, steps: result.steps })}\n`);
  else print(result, terminal);
  return result.passed ? exitCode.ok : exitCode.failed;
}

/**
 * A bundle; or a delivery, which is one without anything else. Both are DER of one SEQUENCE: what is not even that is somebody's
 * wrong file, and not a proof that fails.
 */
function bundleOf(bytes: Uint8Array, file: string): ProofBundle {
  try {
    return decodeProofBundle(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const flaw = flawOf(bytes);
    if (flaw !== undefined) throw new CommandError(exitCode.failed, `${file} ${flaw}`, { cause: error });
    return { version: 1, delivery: bytes, blocks: [], certificates: [], crls: [] };
  }
}

function flawOf(bytes: Uint8Array): string | undefined {
  const foreign = "is neither a proof bundle nor a delivery; siegel inspect says what it may be";
  try {
    const reader = new DerReader(bytes);
    return reader.expect(sequenceTag) + reader.at === bytes.length ? undefined : foreign;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const isCut = error.code === "truncated" && bytes[0] === sequenceTag;
    return isCut ? "ends too early: it was cut, and proves nothing" : foreign;
  }
}

/** With the certificates, lists and the receipt of the command line. What the bundle brings is believed as little. */
function withMore(
  bundle: ProofBundle,
  { chain = [], crl = [] }: VerifyFlags,
  { receipt }: { receipt: Uint8Array | undefined },
): ProofBundle {
  const certificates = chain.flatMap((path) => certificatesIn(path, "--chain")).map(({ der }) => der);
  const crls = revocationListsIn(crl, "--crl").map(({ der }) => der);
  return {
    ...bundle,
    ...(receipt === undefined ? {} : { receipt }),
    certificates: [...bundle.certificates, ...certificates],
    crls: [...bundle.crls, ...crls],
  };
}

function indexOf({ blocks }: ProofBundle, asked: number | undefined): number {
  if (asked !== undefined) return asked;
  const [first, second] = blocks;
  if (first !== undefined && second === undefined) return first.index;
  if (first === undefined) {
    throw new CommandError(
      exitCode.usage,
      "--block: this delivery comes without the salts of its blocks; a proof bundle has them",
    );
  }
  const places = blocks.map(({ index }) => index).join(", ");
  throw new CommandError(exitCode.usage, `--block: the bundle holds the blocks ${places}; say which with --index`);
}

function print({ steps, passed }: ProofResult, terminal: Terminal): void {
  for (const step of steps) {
    terminal.out(`${markOf(step, terminal)} ${terminal.style("bold", questions[step.name])}\n    ${answerOf(step)}\n`);
  }
  const isWhole = steps.every(({ state }) => state === "passed");
  const verdict = isWhole
    ? terminal.style("green", "Every step holds: this is what the gateway sealed.")
    : passed
      ? terminal.style("yellow", "The seal holds; what is marked - could not be judged.")
      : terminal.style("red", "This proof does not hold.");
  terminal.out(`\n${verdict}\n`);
}

function markOf({ state }: ProofStep, terminal: Terminal): string {
  const isUnicode = terminal.unicode !== false;
  if (state === "passed") return terminal.style("green", isUnicode ? "✓" : "ok");
  if (state === "failed") return terminal.style("red", isUnicode ? "✗" : "FAILED");
  return "-";
}

function wholeNumber(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError("it takes a whole number from 0");
  return Number(text);
}

const sequenceTag = 0x30;
