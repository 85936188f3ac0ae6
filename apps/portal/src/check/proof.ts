/** The proof file and the root certificate, as the check needs them: the door to cms and pki. */

import { checkProof, decodeProofBundle } from "@siegel/cms/verify";
import { Certificate, fromPem, PathCache } from "@siegel/pki";
import { toHex } from "@siegel/wire";

import type { Step } from "../core/verdict.ts";
import type { RootInfo } from "./messages.ts";

/**
 * The root certificate of a PEM or DER file.
 *
 * @returns  `undefined` when there is none, or more than one, or it is no root: whom one trusts must not be a guess.
 */
export function readRoot(file: Uint8Array): RootInfo | undefined {
  try {
    const found = isPem(file) ? fromPem(new TextDecoder().decode(file), "CERTIFICATE") : [file];
    const [der] = found;
    if (der === undefined || found.length > 1) return undefined;
    const certificate = Certificate.parse(der);
    if (certificate.role !== "ROOT") return undefined;
    const { name, notBeforeMs, notAfterMs } = certificate;
    return { name, fingerprint: toHex(certificate.fingerprint), notBeforeMs, notAfterMs, certificate: certificate.der };
  } catch {
    return undefined; // whatever it is, it is no certificate of ours; the page says so
  }
}

/** The steps of a proof, with the block on display in the place of the one that came with the proof. */
export async function stepsOf(a: {
  readonly bundle: Uint8Array;
  readonly block: Uint8Array;
  readonly root: Uint8Array;
}): Promise<{ steps: readonly Step[]; passed: boolean }> {
  const { bundle, block, root } = a;
  const decoded = decodeProofBundle(bundle);
  const { steps, passed } = await checkProof({
    bundle: decoded,
    block: { index: decoded.blocks[0]!.index, bytes: block }, // `signedBlock` has found it
    anchors: [Certificate.parse(root)],
    cache,
  });
  return { steps, passed };
}

/** The block that came with a proof; `undefined` when the proof cannot be read, or has not exactly one. */
export function signedBlock(bundle: Uint8Array): Uint8Array | undefined {
  try {
    const { blocks } = decodeProofBundle(bundle);
    return blocks.length === 1 ? blocks[0]!.block : undefined; // just counted
  } catch {
    return undefined; // damaged: the page says that the proof cannot be read
  }
}

function isPem(file: Uint8Array): boolean {
  return new TextDecoder().decode(file.subarray(0, 64)).trimStart().startsWith("-----BEGIN");
}

/** The blocks of a day are sealed by one gateway: its certificates' signatures are looked at once. */
const cache = new PathCache(64);
