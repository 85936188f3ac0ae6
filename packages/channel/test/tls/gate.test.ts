import { connect } from "node:tls";

import { Certificate, issueCertificate, type RevocationList } from "@siegel/pki";
import { type Lab, type LabIdentity, makeLab, seededKey, signerOf } from "@siegel/pki/testing";
import { describe, expect, test } from "vitest";

import { AuthenticatedPeer, peerOf, TlsChannelError, type TlsIdentity, type TlsTrust } from "../../src/index.ts";
import { profileOptions } from "../../src/tls/profile.ts";
import {
  codeOf,
  echoed,
  gatewayTo,
  headend,
  identityOf,
  lab,
  lawlessClient,
  lawlessServer,
  nodeIdentity,
  receivedBy,
  trustOf,
} from "./lab.ts";

const dayMs = 86_400_000;
const other = await makeLab({ seed: "another root, the same names" });
const shortLived = await lab.triple({ role: "SMGW", name: "ESGL0000000007", lifetimeMs: dayMs });
const shortLivedEmt = await lab.triple({ role: "EMT", name: "Short", lifetimeMs: dayMs });
const future = await lab.triple({ role: "SMGW", name: "ESGL0000000008", now: { epochMs: lab.now.epochMs + dayMs } });
const futureEmt = await lab.triple({ role: "EMT", name: "Future", now: { epochMs: lab.now.epochMs + dayMs } });
const inTwoDays = await trustAt(lab, lab.now.epochMs + 2 * dayMs);
const tooLate = trustOf({ now: () => ({ epochMs: lab.now.epochMs + 31 * dayMs }) });
const revoked = await revokedOnes();

interface Case {
  readonly what: string;
  readonly code: string;
  readonly gateway?: TlsIdentity | undefined;
  readonly emt?: TlsIdentity | undefined;
  readonly trust?: TlsTrust;
}

/** Each differs in one thing from the good connection of the first test. */
const cases: Case[] = [
  { what: "self-signed", code: "no-path", gateway: await selfSigned("SMGW"), emt: await selfSigned("EMT") },
  {
    what: "from another root with the same names",
    code: "no-path",
    gateway: identityOf(other.gateway.TLS, [other.subCa.der, other.root.der]),
    emt: identityOf(other.emt.TLS, [other.subCa.der, other.root.der]),
  },
  {
    what: "expired",
    code: "expired",
    gateway: identityOf(shortLived.TLS),
    emt: identityOf(shortLivedEmt.TLS),
    trust: inTwoDays,
  },
  { what: "not yet valid", code: "not-yet-valid", gateway: identityOf(future.TLS), emt: identityOf(futureEmt.TLS) },
  {
    what: "revoked",
    code: "revoked",
    gateway: identityOf(revoked.gateway),
    emt: identityOf(revoked.emt),
    trust: trustOf({ revocation: () => revoked.lists }),
  },
  { what: "without any revocation list", code: "no-revocation-list", trust: trustOf({ revocation: () => [] }) },
  {
    what: "without the sub-CA's revocation list",
    code: "no-revocation-list",
    trust: trustOf({ revocation: () => lab.crls.slice(0, 1) }),
  },
  { what: "with a revocation list that has run out", code: "stale-revocation-list", trust: tooLate },
  {
    what: "of another role",
    code: "wrong-role",
    gateway: identityOf(lab.emt.TLS),
    emt: identityOf(lab.gateway.TLS),
  },
  {
    what: "for signing deliveries",
    code: "wrong-purpose",
    gateway: identityOf(lab.gateway.SIG),
    emt: identityOf(lab.emt.SIG),
  },
  {
    what: "below more certificates than a path has",
    code: "chain-too-long",
    gateway: identityOf(
      lab.gateway.TLS,
      Array.from({ length: 6 }, () => lab.subCa.der),
    ),
    emt: identityOf(
      lab.emt.TLS,
      Array.from({ length: 6 }, () => lab.subCa.der),
    ),
  },
];

describe.each(["TLSv1.2", "TLSv1.3"] as const)("%s", (maxVersion) => {
  test("a gateway and a head-end of the same PKI know each other, and bytes go both ways", async () => {
    // Wrong: nobody can deliver. This is what every case below differs from in one thing.
    const { port, admitted, refused } = await headend({ maxVersion });
    const { socket, peer } = await gatewayTo(port, { maxVersion, peerName: "Siegel-Lab.EMT" });
    expect(socket.getProtocol()).toBe(maxVersion);
    expect(peer).toBeInstanceOf(AuthenticatedPeer);
    expect(peer.name).toBe("Siegel-Lab.EMT");
    expect(peer.path.chain.map((one) => one.name)).toEqual(["Siegel-Lab.EMT", "Siegel-Lab.CA", "SM-Root.CA"]);
    const received = receivedBy(socket);
    socket.end("a reading");
    expect(await received).toBe("a reading");
    expect(admitted[0]?.peer.name).toBe("ESGL0000000001.SMGW");
    expect(admitted[0]?.peer.path).toMatchObject({ role: "SMGW", purpose: "TLS" });
    expect(refused).toEqual([]);
  });

  test.each(cases)("the server refuses a certificate $what: $code", async ({ code, gateway, trust }) => {
    // Wrong: a stranger delivers readings, or learns from the refusal what to change.
    const { port, admitted, nextRefusal } = await headend({ maxVersion, ...(trust && { trust }) });
    const identity = gateway ?? identityOf(lab.gateway.TLS);
    const received = lawlessClient(port, { maxVersion, ...nodeIdentity(identity) });
    expect(await nextRefusal()).toMatchObject({ code, at: "gate", remoteAddress: "127.0.0.1" });
    expect(await received).toBe(""); // no byte went out,
    expect(admitted).toEqual([]); // and none was handed on
  });

  test.each(cases)("the client refuses a certificate $what: $code", async ({ code, emt, trust }) => {
    // Wrong: a gateway hands its deliveries to whoever answers on that address.
    const identity = emt ?? identityOf(lab.emt.TLS);
    const { port, heard } = await lawlessServer({ maxVersion, ...nodeIdentity(identity) });
    expect(await codeOf(gatewayTo(port, { maxVersion, ...(trust && { trust }) }))).toBe(code);
    expect(await heard()).toBe("");
  });

  test("the server refuses who has no certificate", async () => {
    // Wrong: TLS without a client certificate is open to everybody.
    const { port, admitted, nextRefusal } = await headend({ maxVersion });
    expect(await lawlessClient(port, { maxVersion })).toBe("");
    expect(await nextRefusal()).toMatchObject({ code: "no-certificate", at: "gate" });
    expect(admitted).toEqual([]);
  });

  test("the client refuses a valid certificate of somebody else", async () => {
    // Wrong: any market participant of the PKI could receive the deliveries for another.
    const { port, heard } = await lawlessServer({ maxVersion, ...nodeIdentity(identityOf(lab.emt.TLS)) });
    expect(await codeOf(gatewayTo(port, { maxVersion, peerName: "Other.EMT" }))).toBe("wrong-name");
    expect(await heard()).toBe("");
  });
});

test("who does not send the sub-CA is judged with the one that is configured", async () => {
  // Wrong: a gateway that sends its own certificate only, as many do, is shut out.
  const { port, admitted } = await headend();
  const { socket } = await gatewayTo(port, { identity: identityOf(lab.gateway.TLS, []) });
  expect(await echoed(socket)).toBe("ping");
  expect(admitted).toHaveLength(1);
});

test("a sub-CA that is not configured is taken from the other side, and judged", async () => {
  // Wrong: each new sub-CA of the PKI has to be configured by hand everywhere.
  const { port, admitted, nextRefusal } = await headend({ trust: trustOf({ others: [] }) });
  expect(await echoed((await gatewayTo(port)).socket)).toBe("ping");
  expect(admitted).toHaveLength(1);
  await lawlessClient(port, nodeIdentity(identityOf(lab.gateway.TLS, [])));
  expect(await nextRefusal()).toMatchObject({ code: "no-path" });
});

test("evidence cannot be made by hand, and belongs to one socket", async () => {
  // Wrong: code that was never at the gate treats a stranger as a gateway.
  // @ts-expect-error -- the constructor is private
  void (() => new AuthenticatedPeer());
  // @ts-expect-error -- an object of the same shape is no evidence
  const forged: AuthenticatedPeer = { name: "ESGL0000000001.SMGW", path: {} };
  void forged;
  const { port, admitted } = await headend();
  const { socket } = await gatewayTo(port);
  await echoed(socket);
  const [one] = admitted;
  expect(one && peerOf(one.socket)).toBe(one?.peer);
  expect(peerOf(socket)?.name).toBe("Siegel-Lab.EMT");
});

test("the log learns whose turn it is; an error carries no certificate and no byte", async () => {
  // Wrong: an alarm goes to the wrong people, or the log fills with what strangers send.
  const { port, nextRefusal } = await headend();
  await lawlessClient(port, nodeIdentity(identityOf(lab.emt.TLS)));
  const { error } = await nextRefusal();
  expect(error).toBeInstanceOf(TlsChannelError);
  expect(error).toMatchObject({ code: "wrong-role", blame: "peer", passing: false });
  expect(error.cause).toMatchObject({ name: "PathError", code: "wrong-role" });
  const { port: second, nextRefusal: next } = await headend({ trust: tooLate });
  await lawlessClient(second, nodeIdentity(identityOf(lab.gateway.TLS)));
  expect((await next()).error).toMatchObject({ blame: "environment", passing: true });
});

test("a fault of ours inside the gate refuses", async () => {
  // Wrong: an exception in the middle of the check lets everybody in.
  const broken = trustOf({
    revocation: () => {
      throw new Error("the disk is full");
    },
  });
  const { port, admitted, nextRefusal } = await headend({ trust: broken });
  expect(await lawlessClient(port, nodeIdentity(identityOf(lab.gateway.TLS)))).toBe("");
  expect(await nextRefusal()).toMatchObject({ code: "internal-error", error: { blame: "bug" } });
  expect(admitted).toEqual([]);
});

test("what was sent before the gate has decided is there afterwards, whole", async () => {
  // Wrong: the first bytes of a fast client are lost while its path is checked.
  const size = 3_000_000;
  const { port } = await headend({
    onConnection: (socket) => {
      let count = 0;
      socket.on("data", (piece: Buffer) => {
        count += piece.length;
        if (count === size) socket.end(String(count));
      });
    },
  });
  const own = nodeIdentity(identityOf(lab.gateway.TLS));
  const socket = connect({ host: "127.0.0.1", port, ...profileOptions(), ca: [], rejectUnauthorized: false, ...own });
  socket.write(Buffer.alloc(size, 0x61));
  expect(await receivedBy(socket)).toBe(String(size));
});

/** The same PKI seen at another instant, with lists of then. */
async function trustAt(of: Lab, epochMs: number): Promise<TlsTrust> {
  const lists = await of.pki.crls({ epochMs });
  return trustOf({ revocation: () => lists, now: () => ({ epochMs }) }, of);
}

async function revokedOnes(): Promise<{ gateway: LabIdentity; emt: LabIdentity; lists: readonly RevocationList[] }> {
  const { TLS: gateway } = await lab.triple({ role: "SMGW", name: "ESGL0000000009" });
  const { TLS: emt } = await lab.triple({ role: "EMT", name: "Gone" });
  for (const { certificate } of [gateway, emt]) lab.pki.revoke({ certificate, at: lab.now });
  return { gateway, emt, lists: await lab.pki.crls(lab.now) };
}

/** A leaf with every field right, signed with its own key. */
async function selfSigned(role: "SMGW" | "EMT"): Promise<TlsIdentity> {
  const key = seededKey("brainpoolP256r1", `self-signed ${role}`);
  const model = role === "SMGW" ? lab.gateway.TLS.certificate : lab.emt.TLS.certificate;
  const certificate = await issueCertificate(
    {
      serial: 7n,
      subject: model.subject,
      publicKey: key.publicKey,
      role,
      purpose: "TLS",
      notBeforeMs: model.notBeforeMs,
      notAfterMs: model.notAfterMs,
      ...(role === "EMT" && {
        reachedBy: { email: "a@b.invalid", uri: "https://b.invalid/", dnsNames: ["localhost"] },
      }),
      revocationListUri: "http://pki.siegel.invalid/x.crl",
      issuerUri: "http://pki.siegel.invalid/x",
    },
    { signer: signerOf(key) },
  );
  return identityOf({ certificate: Certificate.parse(certificate), key, signer: signerOf(key) }, []);
}
