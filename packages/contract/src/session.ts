/** Who is asking: sign-in by one-time link, and what the session may see. */

import { type Static, Type } from "typebox";

import { MeterSummary } from "./meters.ts";
import { exactly } from "./words.ts";

/** The portal takes the token from the fragment of the link, `#token=…`: fragments reach no server and no log. */
export const SessionRequest = exactly("SessionRequest", {
  /** 32 random octets in base64url. */
  token: Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }),
});
export type SessionRequest = Static<typeof SessionRequest>;

export const Me = exactly("Me", {
  name: Type.String(),
  role: Type.Enum(["consumer", "operator"]),
  meters: Type.Array(MeterSummary),
});
export type Me = Static<typeof Me>;

export const sessionCookie = "siegel_session";
