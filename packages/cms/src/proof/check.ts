/**
 * Is this block, as it is displayed, what the gateway sealed? Step by step, trusting nobody but a root.
 *
 * In: a proof bundle, the block that is displayed, trusted roots.  Out: each step with its reason, and evidence if all hold.
 * It goes on after a failure wherever later steps can still be judged: a changed block, a stranger's seal and an expired
 * chain look different. Chains are judged at the instant of the receipt, for which its signer stands.
 * Runs in a browser: nothing here needs a secret, and ./src/verify.ts reaches no private-key code.
 */

import { digest } from "@siegel/crypto/verify";
import { type At, type Certificate, PathCache, type ValidatedPath } from "@siegel/pki";
import { DecodeError, equalBytes, toHex } from "@siegel/wire";
import type { DeliveryBinding, DeliveryHeader } from "../asn1/delivery.ts";
import type { ProofBundle } from "../asn1/proof-bundle.ts";
import { checkSender, deliveryKind, readBinding } from "../delivery/header.ts";
import { DeliveryError } from "../errors.ts";
import { maxReceiptBytes } from "../limits.ts";
import { readReceipt, receiptKind, VerifiedReceipt } from "../receipt/verify-receipt.ts";
import { keyIdOf } from "../signed/key-id.ts";
import { readAttributes } from "../signed/attributes.ts";
import { CertificateMemory, certificatesOf, checkEmbedded, type EmbeddedCertificates } from "../signed/certificates.ts";
import { checkDigest, checkSignature } from "../signed/checks.ts";
import { readClaim, type SignedClaim } from "../signed/claim.ts";
import { acceptedPathOf, type PathAsk, pathOf, type Trust } from "../signed/trust.ts";
import { blockStep, blocksToJudge, commitmentStep } from "./block-steps.ts";
import { decodeProofBundle } from "./bundle.ts";
import { materialOf } from "./material.ts";
import { failed, judged, type ProofStep, proofStepNames, type ProofStepName, skipped } from "./steps.ts";

export interface ProofQuestion {
  readonly bundle: ProofBundle | Uint8Array;
  /** The block that is displayed, at its place in the delivery. Without it the blocks of the bundle are judged. */
  readonly block?: { readonly index: number; readonly bytes: Uint8Array };
  /** Roots that are trusted: not from the bundle. */
  readonly anchors: readonly Certificate[];
  /** Where there is no receipt: the instant at which the chain is judged. */
  readonly at?: At;
  /** Keeps what signatures of certificates and lists held, for who judges many proofs of one gateway. Own to each call unless given. */
  readonly cache?: PathCache | undefined;
}

export interface ProofResult {
  /** All steps, in the order of `proofStepNames`. */
  readonly steps: readonly ProofStep[];
  /** Nothing failed, and the seal was judged. Block and receipt may have been absent: see their steps. */
  readonly passed: boolean;
  /** Only when every step passed. */
  readonly proof?: Proof;
}

/** Block, seal, chain and receipt hold. Only `checkProof` makes one. */
export class Proof {
  readonly header: DeliveryHeader;
  readonly #gateway: ValidatedPath;
  readonly #receipt: VerifiedReceipt;

  private constructor(header: DeliveryHeader, gateway: ValidatedPath, receipt: VerifiedReceipt) {
    this.header = header;
    this.#gateway = gateway;
    this.#receipt = receipt;
  }

  get gateway(): ValidatedPath {
    return this.#gateway;
  }

  get receipt(): VerifiedReceipt {
    return this.#receipt;
  }

  /** As `checkProof`. */
  static async check(question: ProofQuestion): Promise<ProofResult> {
    const bundle = bundleOf(question.bundle);
    if (bundle === undefined) return unreadable();
    const { certificates, revocation } = materialOf(bundle);
    const trust: Trust = {
      anchors: question.anchors,
      others: certificates,
      revocation,
      cache: question.cache ?? new PathCache(64),
    };
    const blocks = blocksToJudge(bundle, question.block);
    const seal = await judgeSeal(bundle.delivery);
    const instant = instantOf(bundle) ?? question.at;
    const path = await judgePath(seal.embedded, trust, instant);
    const receipt = await judgeReceipt(bundle, seal, trust);
    const found: Record<ProofStepName, ProofStep> = {
      block: blockStep(blocks, question.block !== undefined),
      commitment: commitmentStep(blocks, seal.binding),
      ...seal.steps,
      path: path.step,
      receipt: receipt.step,
    };
    const steps = proofStepNames.map((name) => found[name]);
    const holds =
      steps.every(({ state }) => state !== "failed") && needed.every((name) => found[name].state === "passed");
    const isWhole = steps.every(({ state }) => state === "passed");
    if (!isWhole || seal.binding === undefined || path.value === undefined || receipt.value === undefined) {
      return { steps, passed: holds };
    }
    return { steps, passed: true, proof: new Proof(seal.binding.header.value, path.value, receipt.value) };
  }
}

/** Never throws for what the bundle holds. */
export function checkProof(question: ProofQuestion): Promise<ProofResult> {
  return Proof.check(question);
}

interface Seal {
  readonly embedded: EmbeddedCertificates | undefined;
  readonly binding: DeliveryBinding | undefined;
  readonly steps: Record<"signature" | "digest" | "binding", ProofStep>;
}

/** Signature, digest and binding of the delivery. */
async function judgeSeal(delivery: Uint8Array): Promise<Seal> {
  const { contentType, ownAttribute, maxBytes } = deliveryKind;
  const outer = await judged("signature", {}, () => readClaim(delivery, { contentType, maxBytes }));
  const claim = outer.value;
  if (claim === undefined) {
    const [digest, binding] = [skipped("digest", "not-reached"), skipped("binding", "not-reached")];
    return { embedded: undefined, binding: undefined, steps: { signature: outer.step, digest, binding } };
  }
  const named = await judged("signature", {}, () => certificatesOf(claim, new CertificateMemory(8)));
  const embedded = named.value;
  const signature = embedded === undefined ? named.step : await signatureStep(claim, embedded.signer);
  const attributes = await judged("digest", {}, () =>
    readAttributes(claim.attributes, { contentType, own: ownAttribute }),
  );
  if (attributes.value === undefined) {
    const binding = skipped("binding", "not-reached");
    return { embedded, binding: undefined, steps: { signature, digest: attributes.step, binding } };
  }
  const { messageDigest, own } = attributes.value;
  const digest = await judged("digest", { sha256: toHex(messageDigest) }, () => checkDigest(claim, messageDigest));
  const read = await judged("binding", {}, () => readBinding(own));
  const binding = read.value;
  const steps = { signature, digest: digest.step, binding: read.step };
  if (binding === undefined) return { embedded, binding, steps };
  return { embedded, binding, steps: { ...steps, binding: await bindingStep(binding, embedded?.signer) } };
}

async function signatureStep(claim: SignedClaim, signer: Certificate): Promise<ProofStep> {
  const { curve } = signer.publicKey;
  const detail = { signer: signer.name, algorithm: `ECDSA ${curve} SHA-256`, keyId: toHex(keyIdOf(signer)) };
  return (await judged("signature", detail, () => checkSignature(claim, signer))).step;
}

async function bindingStep(binding: DeliveryBinding, signer: Certificate | undefined): Promise<ProofStep> {
  if (signer === undefined) return skipped("binding", "not-reached");
  const { number, profile, kind, messageId, sender, receiver } = binding.header.value;
  const detail = {
    number: String(number),
    profile,
    kind,
    messageId: toHex(messageId),
    sender: toHex(sender),
    receiver: toHex(receiver),
    blocks: String(binding.commitments.length),
  };
  return (await judged("binding", detail, () => checkSender(binding, signer))).step;
}

async function judgePath(
  embedded: EmbeddedCertificates | undefined,
  trust: Trust,
  at: At | undefined,
): Promise<{ step: ProofStep; value?: ValidatedPath }> {
  if (embedded === undefined) return { step: skipped("path", "not-reached") };
  if (at === undefined) return { step: skipped("path", "no-instant") };
  const { signer: leaf, others } = embedded;
  const { role, purpose } = deliveryKind;
  const { step, value } = await judged("path", { at: instantText(at) }, () =>
    pathChecked({ leaf, others, trust, role, purpose, at }, embedded),
  );
  if (value === undefined) return { step };
  const detail = {
    ...step.detail,
    chain: value.chain.map(({ name }) => name).join(" ← "),
    root: toHex(value.chain.at(-1)?.fingerprint ?? nothing),
  };
  return { step: { ...step, detail }, value };
}

async function pathChecked(ask: PathAsk, embedded: EmbeddedCertificates): Promise<ValidatedPath> {
  const path = await pathOf(ask);
  checkEmbedded(embedded, path);
  return path;
}

/** The receipt: signed by whom the delivery was sealed for, and for this delivery. */
async function judgeReceipt(
  { receipt: der, delivery }: ProofBundle,
  { binding, embedded }: Seal,
  trust: Trust,
): Promise<{ step: ProofStep; value?: VerifiedReceipt }> {
  if (der === undefined) return { step: skipped("receipt", "no-receipt") };
  if (binding === undefined) return { step: skipped("receipt", "not-reached") };
  const { sender: gatewayKey, number, receiver } = binding.header.value;
  const claim = claimedReceipt(der);
  const at = claim === undefined ? undefined : { epochMs: claim.content.committedAt };
  const detail: Record<string, string> = at === undefined ? {} : { committedAt: instantText(at) };
  const { step, value } = await judged("receipt", detail, async () => {
    const candidates = [...trust.others, ...(embedded?.others ?? []), ...(claim?.certificates ?? [])];
    const deliveryHash = digest("SHA-256", delivery);
    const expected = { gatewayKey, number, deliveryHash };
    // Unreadable receipts fail in `verify` with their own reason, before the name of the receiver counts.
    const receiverName = at === undefined ? "" : await receiverNameOf(receiver, candidates, trust, at);
    const verified = await VerifiedReceipt.verify({ der, trust, expected: { ...expected, receiverName } });
    if (verified.gatewayName !== embedded?.signer.name) throw new DeliveryError("receipt-mismatch");
    return verified;
  });
  if (value === undefined) return { step };
  return { step: { ...step, detail: { ...step.detail, signer: value.signer.leaf.name } }, value };
}

/** Whose ENC key the delivery was sealed for: by a certificate that was in order when the receipt was signed. */
async function receiverNameOf(
  keyId: Uint8Array,
  candidates: readonly Certificate[],
  trust: Trust,
  at: At,
): Promise<string> {
  const leaf = candidates.find((one) => one.purpose === "ENC" && equalBytes(keyIdOf(one), keyId));
  if (leaf === undefined) throw new DeliveryError("no-receiver-certificate");
  const path = await acceptedPathOf({ leaf, others: candidates, trust, role: receiptKind.role, purpose: "ENC", at });
  return path.leaf.name;
}

/** The instant that the receipt names. A claim: if the receipt does not hold, neither does the proof. */
function instantOf({ receipt }: ProofBundle): At | undefined {
  const claim = receipt === undefined ? undefined : claimedReceipt(receipt);
  return claim === undefined ? undefined : { epochMs: claim.content.committedAt };
}

function claimedReceipt(der: Uint8Array) {
  try {
    const claim = readClaim(der, { contentType: receiptKind.contentType, maxBytes: maxReceiptBytes });
    const { certificates } = materialOf({ certificates: claim.certificates, crls: [] });
    return { content: readReceipt(claim.content), certificates };
  } catch (error) {
    if (error instanceof DeliveryError) return undefined; // step "receipt" says why
    throw error;
  }
}

function bundleOf(given: ProofBundle | Uint8Array): ProofBundle | undefined {
  if (!(given instanceof Uint8Array)) return given;
  try {
    return decodeProofBundle(given);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function unreadable(): ProofResult {
  const steps = proofStepNames.map((name) =>
    name === "block" ? failed(name, "malformed-bundle") : skipped(name, "not-reached"),
  );
  return { steps, passed: false };
}

function instantText({ epochMs }: At): string {
  return new Date(epochMs).toISOString();
}

/** Steps without which nothing was shown. */
const needed = ["binding", "digest", "signature", "path"] as const;
const nothing = new Uint8Array();
