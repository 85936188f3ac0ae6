/** Every artefact that we make goes through openssl; certificates that openssl makes are read and validated here. */

import { toHex } from "@siegel/wire";
import { expect } from "vitest";

import { needs } from "../../../../scripts/testing/needs.ts";
import {
  Certificate,
  CertificationRequest,
  certificationRequest,
  fromPem,
  RevocationList,
  toPem,
  validatePath,
} from "../../src/index.ts";
import { makeLab } from "../../src/testing.ts";
import { OpenSsl } from "./openssl.ts";

/** Newer ones write `CN=x` where older ones write `CN = x`. */
const withoutBlanks = (text: string) => text.replaceAll(" = ", "=");

/** openssl judges by its own clock unless told. */
const attime = (epochMs: number) => ["-attime", String(Math.floor(epochMs / 1000))];

needs("openssl")("openssl validates every chain of the lab, lists checked, in its strict mode", async () => {
  // Nobody else could check our certificates.
  const lab = await makeLab();
  const openssl = new OpenSsl();
  const root = openssl.write("root.pem", toPem("CERTIFICATE", lab.root.der));
  const sub = openssl.write("sub.pem", toPem("CERTIFICATE", lab.subCa.der));
  const crls = openssl.write("crls.pem", lab.crls.map(({ der }) => toPem("X509 CRL", der)).join(""));
  const judge = ["-x509_strict", "-crl_check_all", "-CAfile", root, "-untrusted", sub, "-CRLfile", crls];
  for (const triple of [lab.gateway, lab.emt, lab.gwa]) {
    for (const [purpose, { certificate }] of Object.entries(triple)) {
      const leaf = openssl.write("leaf.pem", toPem("CERTIFICATE", certificate.der));
      const use = purpose === "TLS" ? ["-purpose", "sslserver"] : [];
      expect(openssl.run("verify", ...judge, ...use, ...attime(lab.now.epochMs), leaf)).toContain("leaf.pem: OK");
    }
  }
  const late = lab.now.epochMs + 31 * 86_400_000;
  expect(openssl.says("verify", ...judge, ...attime(late), sub)).toContain("CRL has expired");
});

needs("openssl")("openssl prints of a certificate what we say is in it", async () => {
  // A field would mean something else to everybody else.
  const lab = await makeLab();
  const openssl = new OpenSsl();
  const { certificate } = lab.emt.TLS;
  const leaf = openssl.write("leaf.pem", toPem("CERTIFICATE", certificate.der));
  const text = withoutBlanks(openssl.run("x509", "-text", "-in", leaf));
  for (const part of [
    "Version: 3 (0x2)",
    "Signature Algorithm: ecdsa-with-SHA384",
    "Issuer: C=DE, O=SM-Test-PKI-DE, serialNumber=1, CN=Siegel-Lab.CA",
    "Subject: C=DE, O=SM-Test-PKI-DE, serialNumber=1, CN=Siegel-Lab.EMT",
    "Not Before: Dec 31 23:59:00 2025 GMT",
    "ASN1 OID: brainpoolP256r1",
    "X509v3 Key Usage: critical\n                Digital Signature\n",
    "X509v3 Basic Constraints: critical\n                CA:FALSE",
    "X509v3 Extended Key Usage: critical\n                TLS Web Server Authentication, TLS Web Client Authentication",
    "Policy: 0.4.0.127.0.7.3.4.1.1.1",
    "URI:https://siegel-lab.invalid/, email:emt@siegel-lab.invalid, DNS:localhost",
    "URI:http://pki.siegel.invalid/Siegel-Lab.CA.crl",
    "X509v3 Issuer Alternative Name:",
  ]) {
    expect(text).toContain(part);
  }
  const colons = (bytes: Uint8Array) => toHex(bytes).toUpperCase().match(/../g)?.join(":") ?? "";
  expect(text).toContain(colons(certificate.keyId));
  expect(text).toContain(colons(certificate.authorityKeyId ?? new Uint8Array()));
  expect(openssl.run("x509", "-noout", "-fingerprint", "-sha256", "-in", openssl.path("leaf.pem"))).toContain(
    colons(certificate.fingerprint),
  );
});

needs("openssl")("openssl checks our lists, and prints who is on them", async () => {
  // A revoked gateway would stay connected to everybody else.
  const lab = await makeLab();
  lab.pki.revoke({ certificate: lab.gateway.TLS.certificate, at: lab.now, reason: "keyCompromise" });
  lab.pki.revoke({ certificate: lab.emt.SIG.certificate, at: lab.now });
  const [ofRoot, ofSub] = await lab.pki.crls(lab.now);
  const openssl = new OpenSsl();
  const root = openssl.write("root.pem", toPem("CERTIFICATE", lab.root.der));
  const sub = openssl.write("sub.pem", toPem("CERTIFICATE", lab.subCa.der));
  const rootList = openssl.write("root.crl", toPem("X509 CRL", ofRoot!.der));
  const subList = openssl.write("sub.crl", toPem("X509 CRL", ofSub!.der));
  expect(openssl.run("crl", "-CAfile", root, "-in", rootList, "-noout")).toContain("verify OK");
  const text = openssl.run("crl", "-CAfile", sub, "-in", subList, "-text");
  expect(text).toContain("verify OK");
  expect(text).toContain("Version 2 (0x1)");
  expect(text).toContain("X509v3 CRL Number: \n                2");
  expect(text).toContain("Key Compromise");
  expect(text.match(/Serial Number: [0-9A-F]+/g)).toHaveLength(2);
  const leaf = openssl.write("leaf.pem", toPem("CERTIFICATE", lab.gateway.TLS.certificate.der));
  const crls = openssl.write("crls.pem", toPem("X509 CRL", ofRoot!.der) + toPem("X509 CRL", ofSub!.der));
  const judge = ["-x509_strict", "-crl_check_all", "-CAfile", root, "-untrusted", sub, "-CRLfile", crls];
  expect(openssl.says("verify", ...judge, ...attime(lab.now.epochMs), leaf)).toContain("certificate revoked");
});

needs("openssl")("openssl verifies our requests", async () => {
  // No authority but ours would take them.
  const lab = await makeLab();
  const { signer } = lab.gateway.SIG;
  const subject = lab.pki.subjectOf({ role: "SMGW", name: "ESGL0000000001" });
  const der = await certificationRequest({ subject, publicKey: signer.publicKey, sign: signer.sign });
  const openssl = new OpenSsl();
  const file = openssl.write("request.pem", toPem("CERTIFICATE REQUEST", der));
  expect(openssl.run("req", "-verify", "-noout", "-in", file)).toContain("verify OK");
  expect(withoutBlanks(openssl.run("req", "-subject", "-noout", "-in", file))).toContain("CN=ESGL0000000001.SMGW");
});

/** A configuration that makes openssl issue what our profile asks for. */
const configuration = (role: string) => `
[req]
distinguished_name = name
prompt = no
string_mask = utf8only
[name]
C = DE
O = SM-Test-PKI-DE
CN = ${role}
[root]
basicConstraints = critical, CA:TRUE, pathlen:1
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[sub]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
certificatePolicies = 0.4.0.127.0.7.3.4.1.1.1
crlDistributionPoints = URI:http://pki.invalid/root.crl
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, serverAuth, clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always, issuer
certificatePolicies = 0.4.0.127.0.7.3.4.1.1.1
crlDistributionPoints = URI:http://pki.invalid/sub.crl
subjectAltName = email:emt@openssl.invalid, URI:https://openssl.invalid/, DNS:localhost
[ca]
default_ca = authority
[authority]
database = index.txt
crlnumber = number.txt
default_crl_days = 30
default_md = sha384
crl_extensions = list
[list]
authorityKeyIdentifier = keyid:always
`;

needs("openssl")("a PKI that openssl made is read and validated here, and its requests are", async () => {
  // We would work with our own authority only.
  const openssl = new OpenSsl();
  const key = (name: string, curve: string) =>
    openssl.run("genpkey", "-algorithm", "EC", "-pkeyopt", `ec_paramgen_curve:${curve}`, "-out", `${name}.key`);
  const request = (name: string, commonName: string, hash: string) => {
    openssl.write(`${name}.cnf`, configuration(commonName));
    openssl.run("req", "-new", "-config", `${name}.cnf`, "-key", `${name}.key`, `-${hash}`, "-out", `${name}.csr`);
  };
  const issue = (name: string, issuer: string, hash: string) => {
    const by = issuer === name ? ["-signkey", `${name}.key`] : ["-CA", `${issuer}.pem`, "-CAkey", `${issuer}.key`];
    const extensions = ["-extfile", `${name}.cnf`, "-extensions", name, "-set_serial", `0x${"17".repeat(16)}`];
    openssl.run(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      ...by,
      ...extensions,
      `-${hash}`,
      "-days",
      "30",
      "-out",
      `${name}.pem`,
    );
    return Certificate.parse(fromPem(openssl.run("x509", "-in", `${name}.pem`), "CERTIFICATE")[0]!);
  };
  const list = (name: string, hash: string) => {
    openssl.write("index.txt", "");
    openssl.write("number.txt", "07");
    const files = ["-config", `${name}.cnf`, "-keyfile", `${name}.key`, "-cert", `${name}.pem`, "-out", `${name}.crl`];
    openssl.run("ca", "-gencrl", ...files, "-md", hash);
    return RevocationList.parse(fromPem(openssl.run("crl", "-in", `${name}.crl`), "X509 CRL")[0]!);
  };
  key("root", "brainpoolP512r1");
  key("sub", "brainpoolP384r1");
  key("leaf", "brainpoolP256r1");
  request("root", "SM-Root.CA", "sha512");
  request("sub", "OpenSSL.CA", "sha384");
  request("leaf", "OpenSSL.EMT", "sha256");
  const root = issue("root", "root", "sha512");
  const sub = issue("sub", "root", "sha512");
  const leaf = issue("leaf", "sub", "sha384");
  const revocation = [list("root", "sha512"), list("sub", "sha384")];
  expect(leaf).toMatchObject({ name: "OpenSSL.EMT", role: "EMT", purpose: "TLS", dnsNames: ["localhost"] });
  expect(leaf.serial).toBe(BigInt(`0x${"17".repeat(16)}`));
  const path = await validatePath({
    leaf,
    others: [sub],
    anchors: [root],
    revocation,
    at: { epochMs: leaf.notBeforeMs + 1000 },
    role: "EMT",
    purpose: "TLS",
  });
  expect(path.chain).toHaveLength(3);
  const asked = CertificationRequest.parse(fromPem(openssl.run("req", "-in", "leaf.csr"))[0]!);
  expect((await asked.verify()).subject.commonName).toBe("OpenSSL.EMT");
});
