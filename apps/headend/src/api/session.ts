/** Signing in by one-time link, signing out, and who is signed in. */

import { type Me, sessionCookie } from "@siegel/contract";
import { toHex } from "@siegel/wire";

import { ConsumerMayRead } from "../core/access.ts";
import { absoluteMs, isInviteGood, tokenBytes } from "../core/sessions.ts";
import { hashOfToken } from "./guard.ts";
import type { Asked } from "./asked.ts";
import { summaryOf } from "./meters.ts";
import type { ApiPorts } from "./ports.ts";
import { ProblemError } from "./problem.ts";

/** The token of a link becomes a session. The link is gone whatever happens next: who is cut off asks for a new one. */
export async function createSession({ body, reply, ports, settings }: Asked<"createSession">): Promise<unknown> {
  const { sessions } = ports.store;
  const invite = await sessions.takeInvite(hashOfToken(body.token));
  const nowMs = ports.clock.nowMs();
  if (invite === undefined || !isInviteGood(invite, nowMs) || ports.registry.person(invite.person) === undefined) {
    throw new ProblemError("link-not-valid");
  }
  const token = newToken(ports);
  await sessions.addSession(hashOfToken(token), { person: invite.person, createdAtMs: nowMs, lastUsedAtMs: nowMs });
  return reply
    .setCookie(sessionCookie, token, { ...cookie(settings.secureCookie), maxAge: absoluteMs / 1000 })
    .code(204)
    .send();
}

export async function deleteSession({ grant, reply, ports, settings }: Asked<"deleteSession">): Promise<unknown> {
  await ports.store.sessions.endSession(grant.session);
  const ended = toHex(grant.session);
  ports.live.endSessions((session) => session === ended);
  return reply.clearCookie(sessionCookie, cookie(settings.secureCookie)).code(204).send();
}

export async function getMe({ grant: { person }, ports }: Asked<"getMe">): Promise<Me> {
  const mine = person.meters.map((meter) => ConsumerMayRead.meter(person, meter)).filter((may) => may !== undefined);
  const meters = await Promise.all(mine.map((may) => summaryOf(may, ports)));
  return { name: person.name, role: person.role, meters };
}

/** A token that signs in once, for whoever gives it to the person. Undefined when nobody has that id. */
export async function inviteOf(
  ports: Pick<ApiPorts, "store" | "registry" | "random" | "clock">,
  person: string,
  goodForMs: number,
): Promise<string | undefined> {
  if (ports.registry.person(person) === undefined) return undefined;
  const token = newToken(ports);
  await ports.store.sessions.addInvite(hashOfToken(token), { person, expiresAtMs: ports.clock.nowMs() + goodForMs });
  return token;
}

function newToken({ random }: Pick<ApiPorts, "random">): string {
  return Buffer.from(random(tokenBytes)).toString("base64url");
}

function cookie(secure: boolean) {
  return { path: "/", httpOnly: true, sameSite: "strict", secure } as const;
}
