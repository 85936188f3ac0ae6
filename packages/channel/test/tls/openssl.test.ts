import { constants } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type TlsOptions } from "node:tls";

import { expect, onTestFinished } from "vitest";

import { needs } from "../../../../scripts/testing/needs.ts";
import { profileOptions } from "../../src/tls/profile.ts";
import { codeOf, echoed, gatewayTo, headend, identityOf, lab, nodeIdentity, trustOf } from "./lab.ts";
import { sClient, sServer } from "./openssl.ts";

const withOpenssl = needs("openssl");
const groups = ["-groups", "brainpoolP256r1:brainpoolP384r1"];

for (const suite of [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES128-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-AES256-SHA384",
]) {
  withOpenssl(`a gateway that is openssl is let in, and believes us: ${suite}`, async () => {
    // Wrong: our TLS is understood by ourselves only, or our certificates please nobody else.
    const { port, admitted } = await headend();
    const output = await sClient(port, { args: ["-tls1_2", ...groups, "-cipher", suite] });
    expect(output).toContain(`Cipher is ${suite}`);
    expect(output).toContain("Verification: OK");
    expect(output).toContain("Server Temp Key: ECDH, brainpoolP256r1, 256 bits");
    expect(output).toContain("Secure Renegotiation IS supported");
    expect(output).toContain("Compression: NONE");
    expect(output).toContain("Extended master secret: yes");
    expect(output).not.toContain("TLS session ticket:");
    expect(admitted[0]?.peer.name).toBe("ESGL0000000001.SMGW");
  });
}

for (const curve of ["brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1", "P-256", "P-384"]) {
  withOpenssl(`a head-end that is openssl is reached, and believes us: ${curve}`, async () => {
    // Wrong: a gateway reaches head-ends of our own making only.
    const { port, output } = await sServer(["-tls1_2", "-serverpref", "-groups", curveAnd(curve)]);
    const { socket, peer } = await gatewayTo(port, { peerName: "Siegel-Lab.EMT" });
    expect(peer.path.role).toBe("EMT");
    expect(socket.getEphemeralKeyInfo()).toMatchObject({ name: nodeNames[curve] ?? curve });
    socket.write("reading\n");
    expect(String((await once(socket, "data"))[0])).toBe("gnidaer\n");
    expect(output()).toContain("verify return:1");
    expect(output()).not.toContain("verify error");
  });
}

withOpenssl("the gate judges an openssl gateway as any other", async () => {
  // Wrong: refusals hold only between our own two ends.
  const { port, admitted, nextRefusal } = await headend();
  const output = await sClient(port, { args: ["-tls1_2", ...groups], identity: identityOf(lab.emt.TLS) });
  expect(await nextRefusal()).toMatchObject({ code: "wrong-role", at: "gate" });
  expect(output).not.toMatch(/alert/i); // it learns nothing but the end
  expect(admitted).toEqual([]);
});

withOpenssl("the gate judges an openssl head-end as any other", async () => {
  // Wrong: a gateway believes any server of the PKI that speaks TLS well.
  const { port } = await sServer(["-tls1_2", "-groups", "brainpoolP256r1"]);
  expect(await codeOf(gatewayTo(port, { trust: trustOf({ revocation: () => [] }) }))).toBe("no-revocation-list");
  expect(await codeOf(gatewayTo(port, { peerName: "Other.EMT" }))).toBe("wrong-name");
});

withOpenssl("openssl refuses us when we show nothing it believes; we say that the handshake failed", async () => {
  // Wrong: a gateway whose certificate has run out at the head-end looks for the fault in the network.
  const { port } = await sServer(["-tls1_2", "-groups", "brainpoolP256r1", "-attime", "1"]);
  const failure = gatewayTo(port).then(async ({ socket }) => {
    await once(socket, "close");
    return "closed after the handshake";
  });
  expect(await failure.catch((error: { code: string }) => error.code)).toMatch(
    /^(handshake-failed|closed-by-peer|closed after the handshake)$/,
  );
});

/** What the profile forbids: the same client against ours, and against a server that lacks just this one rule. */
const forbidden: { what: string; args: string[]; code: string | RegExp; without: TlsOptions }[] = [
  {
    what: "TLS 1.1",
    args: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0", ...groups],
    code: "no-common-version",
    without: { minVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0", sigalgs: "ECDSA+SHA1:ECDSA+SHA256" },
  },
  {
    what: "ChaCha20-Poly1305",
    args: ["-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305", ...groups],
    code: "no-common-suite",
    without: { ciphers: "ECDHE-ECDSA-CHACHA20-POLY1305" },
  },
  {
    what: "AES-128-CBC with SHA-1",
    args: ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA", ...groups],
    code: "no-common-suite",
    without: { ciphers: "ECDHE-ECDSA-AES128-SHA" },
  },
  {
    what: "static ECDH and RSA suites",
    args: ["-tls1_2", "-cipher", "AES128-SHA256:AES256-GCM-SHA384", ...groups],
    code: "no-common-suite",
    without: {},
  },
  {
    what: "signatures with SHA-224",
    args: ["-tls1_2", "-sigalgs", "ECDSA+SHA224", ...groups],
    code: "no-common-signature",
    without: { sigalgs: "ECDSA+SHA224:ECDSA+SHA256" },
  },
  {
    what: "signatures with SHA-1",
    args: ["-tls1_2", "-sigalgs", "ECDSA+SHA1", "-cipher", "DEFAULT:@SECLEVEL=0", ...groups],
    code: "no-common-signature",
    without: { sigalgs: "ECDSA+SHA1:ECDSA+SHA256", ciphers: "DEFAULT:@SECLEVEL=0" },
  },
];

for (const { what, args, code, without } of forbidden) {
  withOpenssl(`${what} is refused as ${String(code)}`, async () => {
    // Wrong: an attacker in the middle talks two honest sides down to what he can break.
    const { port, admitted, nextRefusal } = await headend();
    expect(await sClient(port, { args })).toContain("Cipher is (NONE)");
    expect(await nextRefusal()).toMatchObject({ code, at: "handshake" });
    expect(admitted).toEqual([]);
  });

  if (Object.keys(without).length === 0) continue; // no server of this OpenSSL would do it with our key
  withOpenssl(`${what} would be spoken, were the rule not there`, async () => {
    // Wrong: the test above passes because the client is at fault, and says nothing about us.
    const output = await sClient(await serverWithout(without), { args });
    expect(output).toMatch(/Cipher is ECDHE/);
  });
}

for (const curve of ["P-521", "X25519"]) {
  withOpenssl(`a key exchange on ${curve} does not happen`, async () => {
    // Wrong: the exchange is on a curve that the rules do not know.
    const { port, admitted, nextRefusal } = await headend();
    expect(await sClient(port, { args: ["-tls1_2", "-groups", curve] })).toContain("Cipher is (NONE)");
    expect(await nextRefusal()).toMatchObject({ code: "no-common-suite", at: "handshake" });
    expect(admitted).toEqual([]);
    const args = ["-tls1_2", "-groups", `${curve}:brainpoolP256r1`];
    expect(await sClient(port, { args })).toContain("Server Temp Key: ECDH, brainpoolP256r1, 256 bits");
    const lax = await serverWithout({ ecdhCurve: `${curve}:brainpoolP256r1` });
    expect(await sClient(lax, { args })).toMatch(/Server Temp Key: (ECDH, )?(secp521r1|P-521|X25519|prime521)/);
  });
}

withOpenssl("renegotiation is refused", async () => {
  // Wrong: a stranger in the middle puts his bytes before those of a gateway, or makes us compute for him without end.
  const { port, admitted } = await headend();
  const output = await sClient(port, { args: ["-tls1_2", ...groups], say: ["R\n", "ping\n"], until: "\nping" });
  expect(output).toContain("RENEGOTIATING");
  expect(output).toContain("no renegotiation");
  const [one] = admitted;
  if (one && !one.socket.destroyed) await once(one.socket, "close");
});

withOpenssl("renegotiation would be made, were the rule not there", async () => {
  // Wrong: the test above passes because openssl never asked.
  const lax = await serverWithout({ secureOptions: constants.SSL_OP_NO_TICKET });
  const output = await sClient(lax, { args: ["-tls1_2", ...groups], say: ["R\n", "ping\n"], until: "\nping" });
  expect(output).toContain("RENEGOTIATING");
  expect(output).not.toContain("no renegotiation");
});

withOpenssl("openssl's own attempt to resume is a full handshake with us", async () => {
  // Wrong: resumption by session number, which is no ticket, slips past the option.
  const { port, admitted } = await headend();
  const output = await sClient(port, { args: ["-tls1_2", ...groups, "-reconnect"] });
  expect(output).not.toContain("Reused, TLS");
  expect(admitted.length).toBeGreaterThan(1);
  expect(admitted.map(({ socket }) => socket.isSessionReused())).not.toContain(true);
});

withOpenssl("who offers TLS 1.3 without brainpool is let in by a server that is set to 1.2", async () => {
  // Wrong: a gateway with OpenSSL 3.0 cannot be served at all; with 1.3 on, it fails, and the log says why.
  const { port, nextRefusal } = await headend();
  expect(await sClient(port, { args: [] })).toContain("Cipher is (NONE)");
  expect(await nextRefusal()).toMatchObject({ code: "no-common-signature" });
  const { port: lower, admitted } = await headend({ maxVersion: "TLSv1.2" });
  expect(await sClient(lower, { args: ["-groups", "P-256:brainpoolP256r1"] })).toContain("Cipher is ECDHE-ECDSA");
  expect(admitted).toHaveLength(1);
});

withOpenssl("our own two ends prefer TLS 1.3 with brainpool", async () => {
  // Wrong: 1.3, which the rules recommend, is never spoken, or on a curve of the second choice.
  const { port } = await headend();
  const { socket } = await gatewayTo(port);
  expect(await echoed(socket)).toBe("ping");
  expect(socket.getProtocol()).toBe("TLSv1.3");
  expect(socket.getEphemeralKeyInfo()).toMatchObject({ name: "brainpoolP256r1" });
});

/** A server with our profile but for one thing: it echoes, and asks nobody who he is. */
async function serverWithout(changed: TlsOptions): Promise<number> {
  const own = nodeIdentity(identityOf(lab.emt.TLS));
  const options = { ...profileOptions("TLSv1.2"), ca: [], requestCert: true, rejectUnauthorized: false, ...own };
  const server = createServer({ ...options, ...changed }, (socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port; // it listens on TCP
}

/** The curve of the certificate has to be among them; none twice. */
function curveAnd(curve: string): string {
  return [...new Set([curve, "brainpoolP256r1"])].join(":");
}

/** Node says some names in its own way. */
const nodeNames: Readonly<Record<string, string>> = { "P-256": "prime256v1", "P-384": "secp384r1" };
