/**
 * A whole lab PKI as files in PEM: authorities, and for each role a triple of keys and certificates.
 *
 * Keys lie in files that only their owner reads. `index.txt` says what each file is and how openssl looks at it.
 */

import { join } from "node:path";
import { makeFolder } from "@siegel/channel";
import { FileKey } from "@siegel/crypto";
import { type At, type Certificate, type LabPki, type LabRequest, toPem } from "@siegel/pki";
import { toHex } from "@siegel/wire";
import { authorityFiles, createAuthority, writeKey, writePublic } from "./authority-folder.ts";

/** Who gets a triple: folder, role, and the name without its role. */
export interface Holder {
  readonly folder: string;
  readonly role: LabRequest["role"];
  readonly name: string;
}

export interface LabTree {
  readonly root: Certificate;
  /** Name of each certificate with its path below the folder. */
  readonly certificates: readonly { readonly path: string; readonly certificate: Certificate }[];
}

/** Writes everything below `folder`. */
export async function writeLabTree(folder: string, holders: readonly Holder[], now: At): Promise<LabTree> {
  const pki = await createAuthority(folder, now);
  writePublic(join(folder, "chain.pem"), [pki.subCa, pki.root].map(({ der }) => toPem("CERTIFICATE", der)).join(""));
  const triples = await Promise.all(holders.map((holder) => writeTriple(folder, pki, holder, now)));
  const certificates = [
    { path: authorityFiles.root, certificate: pki.root },
    { path: authorityFiles.subCa, certificate: pki.subCa },
    ...triples.flat(),
  ];
  writePublic(join(folder, "index.txt"), indexOf(certificates));
  return { root: pki.root, certificates };
}

async function writeTriple(folder: string, pki: LabPki, holder: Holder, now: At): Promise<LabTree["certificates"]> {
  makeFolder(join(folder, holder.folder));
  return Promise.all(
    (["TLS", "SIG", "ENC"] as const).map(async (purpose) => {
      const key = await FileKey.generate("brainpoolP256r1");
      const { role, name } = holder;
      const certificate = await pki.issue({ role, name, purpose, publicKey: key.publicKey, now });
      const path = join(holder.folder, purpose.toLowerCase());
      writeKey(join(folder, `${path}.key.pem`), key);
      writePublic(join(folder, `${path}.pem`), toPem("CERTIFICATE", certificate.der));
      return { path: `${path}.pem`, certificate };
    }),
  );
}

function indexOf(certificates: LabTree["certificates"]): string {
  const entries = certificates.map(({ path, certificate }) => {
    const days = [certificate.notBeforeMs, certificate.notAfterMs].map((ms) => new Date(ms).toISOString().slice(0, 10));
    return [
      path,
      `  ${certificate.name}, ${certificate.purpose ?? "–"}, ${certificate.publicKey.curve}`,
      `  ${days.join(" to ")}, SHA-256 ${toHex(certificate.fingerprint)}`,
    ].join("\n");
  });
  return `A lab's public-key infrastructure, made by siegel pki lab. It is trusted by nobody but this lab.

Beside each certificate NAME.pem lies its private key, NAME.key.pem (PKCS #8, readable by its owner only).
crls/ holds the lists of revoked certificates of root and sub-CA, good for thirty days. chain.pem is sub-CA and root.

${entries.join("\n\n")}

  openssl x509 -in gateway/sig.pem -noout -text
  openssl verify -x509_strict -crl_check_all -CAfile root.pem -untrusted sub-ca.pem \\
    -CRLfile crls/root.crl.pem -CRLfile crls/sub-ca.crl.pem gateway/sig.pem
  openssl crl -in crls/sub-ca.crl.pem -CAfile chain.pem -noout -text
  siegel inspect gateway/sig.pem
`;
}
