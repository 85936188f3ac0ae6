/**
 * The lab's certificate authority as a process: its parent asks, it issues; it renews its lists of revoked certificates.
 *
 * In: questions over IPC.  Out: three certificates for three requests whose signatures hold, or a code.
 * Who may have which name is the parent's to say: it asks for the programs that it started, and for no one else.
 */

import type { IssuedCertificates } from "@siegel/contract";
import {
  CertificationRequest,
  IssueError,
  type LabPki,
  type LabRequest,
  RequestError,
  VerifiedRequest,
} from "@siegel/pki";
import { DecodeError, toHex } from "@siegel/wire";
import { openAuthority, renewLists } from "./authority-folder.ts";
import type { IssueQuestion, PkiMessage } from "./messages.ts";

/** Answers until `ended`. @param send  To the parent. */
export async function serveAuthority(
  folder: string,
  parent: { send(message: PkiMessage): void; onQuestion(take: (question: unknown) => void): void },
  ended: AbortSignal,
): Promise<void> {
  const now = () => ({ epochMs: Date.now() });
  const pki = await openAuthority(folder, now());
  let renewedMs = 0; // at each start: a computer may have been off for longer than a list is good
  const renew = async () => {
    if (Date.now() - renewedMs < dayMs) return;
    renewedMs = Date.now();
    await renewLists(folder, pki, now());
  };
  await renew();
  parent.onQuestion((question) => {
    if (isQuestion(question)) void answer(pki, question).then((message) => parent.send(message));
  });
  parent.send({ type: "ready", fingerprint: toHex(pki.root.fingerprint) });
  // Looked at each hour and not once a day: a computer that slept has missed its timers.
  const renewing = setInterval(() => void renew().catch(() => (renewedMs = 0)), dayMs / 24);
  if (!ended.aborted) {
    await new Promise<void>((resolve) => ended.addEventListener("abort", () => resolve(), { once: true }));
  }
  clearInterval(renewing);
}

async function answer(pki: LabPki, question: IssueQuestion): Promise<PkiMessage> {
  const { id, requests } = question;
  try {
    const [TLS, SIG, ENC] = await Promise.all([
      issue(pki, question, "TLS", requests.TLS),
      issue(pki, question, "SIG", requests.SIG),
      issue(pki, question, "ENC", requests.ENC),
    ]);
    const chain = [pki.subCa.der];
    const certificates: IssuedCertificates = { type: "certificates", TLS, SIG, ENC, chain };
    return { type: "issued", id, certificates };
  } catch (error) {
    const isRefusal = error instanceof RequestError || error instanceof IssueError || error instanceof DecodeError;
    if (!isRefusal) throw error;
    return { type: "refused", id, code: error.code };
  }
}

async function issue(
  pki: LabPki,
  { role, name }: IssueQuestion,
  purpose: LabRequest["purpose"],
  der: Uint8Array,
): Promise<Uint8Array> {
  const request = await VerifiedRequest.verify(CertificationRequest.parse(der));
  const holder = name.endsWith(`.${role}`) ? name.slice(0, -role.length - 1) : name;
  return (await pki.issue({ role, name: holder, purpose, request, now: { epochMs: Date.now() } })).der;
}

function isQuestion(message: unknown): message is IssueQuestion {
  return typeof message === "object" && message !== null && "type" in message && message.type === "issue";
}

const dayMs = 86_400_000;
