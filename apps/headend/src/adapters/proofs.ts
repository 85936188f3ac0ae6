/** Deliveries, receipts and proofs: what cms and pki do, as the ports of core and API want it. */

import { type ModuleIdentity, slotOf, type TrustFiles } from "@siegel/channel";
import { encodeProofBundle, makeReceipt, Opener, type VerifiedDelivery } from "@siegel/cms";
import type { CertificateInfo, TrustRoot } from "@siegel/contract";
import type { SecurityModule } from "@siegel/crypto";
import { Certificate, PathCache, type RevocationList } from "@siegel/pki";
import { toHex } from "@siegel/wire";

import type { ApiPorts } from "../api/ports.ts";
import { base64, instantText } from "../api/text.ts";
import type { ProofMaterial } from "../core/delivery.ts";
import type { IngestPorts } from "../core/ingest.ts";
import type { Clock } from "../core/timers.ts";

export type Trusted = Pick<TrustFiles, "anchors" | "others" | "revocation">;

export interface ProofPorts {
  readonly module: Pick<SecurityModule, "agree" | "sign">;
  readonly identity: Pick<ModuleIdentity, "SIG" | "ENC">;
  readonly trust: Trusted;
  readonly clock: Clock;
}

/** How a delivery is opened, what its proof is, and how it is receipted. */
export function deliveryPorts(ports: ProofPorts): Pick<IngestPorts, "open" | "proofOf" | "signReceipt"> {
  const { module, identity, trust, clock } = ports;
  const cache = new PathCache();
  /** The lists that a delivery was judged by: they may be newer by the time it is stored. */
  const judgedBy = new WeakMap<VerifiedDelivery, readonly RevocationList[]>();
  /** The same for all deliveries of a gateway until a list or a certificate changes. */
  const materials = new WeakMap<Certificate, KnownMaterial>();
  const opener = new Opener({ receivers: [{ module, slot: slotOf.ENC, certificate: identity.ENC }] });
  const sender = { module, slot: slotOf.SIG, certificate: identity.SIG, others: trust.others };
  return {
    open: async (der) => {
      const revocation = trust.revocation();
      const at = { epochMs: clock.nowMs() };
      const trusted = { anchors: trust.anchors, others: trust.others, revocation, cache };
      const delivery = await opener.open({ der, trust: trusted, at });
      judgedBy.set(delivery, revocation);
      return delivery;
    },
    proofOf: (delivery) => {
      const lists = judgedBy.get(delivery) ?? [];
      const known = materials.get(delivery.gateway.leaf);
      if (known?.lists === lists && isSameChain(known.chain, delivery.gateway.chain)) return known.material;
      const material = materialOf(delivery, lists, identity);
      materials.set(delivery.gateway.leaf, { lists, chain: delivery.gateway.chain, material });
      return material;
    },
    signReceipt: ({ gateway, gatewayKey, number, hash, committedAtMs }) =>
      makeReceipt({
        delivery: { gatewayKey, gatewayName: gateway, number, deliveryHash: hash },
        committedAt: { epochMs: committedAtMs },
        sender,
      }),
  };
}

interface KnownMaterial {
  readonly lists: readonly RevocationList[];
  readonly chain: readonly Certificate[];
  readonly material: ProofMaterial;
}

function isSameChain(one: readonly Certificate[], other: readonly Certificate[]): boolean {
  return one.length === other.length && one.every((certificate, index) => certificate === other[index]);
}

/** Leaf to root, then our own: SIG signs the receipt, ENC says whose receipt counts. Lists of the authorities in the chain. */
function materialOf(
  { gateway: { chain } }: VerifiedDelivery,
  lists: readonly RevocationList[],
  own: Pick<ModuleIdentity, "SIG" | "ENC">,
): ProofMaterial {
  const authorities = new Set(chain.slice(1).map(({ name }) => name));
  return {
    certificates: [...chain, own.SIG, own.ENC].map(({ der }) => der),
    crls: lists.filter(({ issuer }) => authorities.has(issuer.commonName)).map(({ der }) => der),
  };
}

/** What the API shows of certificates and gives away as a proof. */
export function proofViews(root: Certificate): Pick<ApiPorts, "describeCertificate" | "proofBundle" | "trustRoot"> {
  const rootInfo = describe(root);
  const trustRoot: TrustRoot = {
    name: root.name,
    certificate: base64(root.der),
    fingerprint: rootInfo.fingerprint,
    notAfter: rootInfo.notAfter,
  };
  return {
    trustRoot,
    describeCertificate: (der) => describe(Certificate.parse(der)),
    proofBundle: ({ index, content }, { delivery, receipt, certificates, crls }) =>
      encodeProofBundle({
        version: 1,
        delivery,
        receipt,
        blocks: [{ index, salt: content.salt, block: content.bytes }],
        certificates: certificates.filter((der) => Certificate.parse(der).role !== "ROOT"), // the checker has his own
        crls: [...crls],
      }),
  };
}

function describe(certificate: Certificate): CertificateInfo {
  const { name, role, purpose, notBeforeMs, notAfterMs, fingerprint } = certificate;
  return {
    name,
    role: role ?? null,
    purpose: purpose ?? null,
    notBefore: instantText(notBeforeMs),
    notAfter: instantText(notAfterMs),
    fingerprint: toHex(fingerprint),
  };
}
