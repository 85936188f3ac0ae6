/**
 * How long a session and a link are good.
 *
 * A session ends after 12 hours without a request and after 30 days in any case; a link can be used once and within
 * minutes. Stored are only SHA-256 of the tokens: who reads the store cannot sign in.
 */

export interface SessionRecord {
  readonly person: string;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number;
}

export interface InviteRecord {
  readonly person: string;
  readonly expiresAtMs: number;
}

export function isSessionAlive({ createdAtMs, lastUsedAtMs }: SessionRecord, nowMs: number): boolean {
  return nowMs < lastUsedAtMs + idleMs && nowMs < createdAtMs + absoluteMs;
}

/** Last use is written at most once in five minutes, so that reading does not write. */
export function isTouchDue({ lastUsedAtMs }: SessionRecord, nowMs: number): boolean {
  return nowMs >= lastUsedAtMs + touchMs;
}

export function isInviteGood({ expiresAtMs }: InviteRecord, nowMs: number): boolean {
  return nowMs < expiresAtMs;
}

export const absoluteMs = 30 * 86_400_000;
export const idleMs = 12 * 3_600_000;
const touchMs = 300_000;
export const tokenBytes = 32;
