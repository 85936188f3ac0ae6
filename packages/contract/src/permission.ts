/**
 * Who may call a route. The head-end asks in one place, driven by the route table; what is not listed is refused.
 *
 * anyone: also without a session. signed-in: any session. consumer-of-…: a consumer one of whose meters the named thing
 * is, belongs to or is connected with. operator: an operator's session; it opens no meter.
 */

export const permissions = [
  "anyone",
  "signed-in",
  "consumer-of-meter",
  "consumer-of-block",
  "consumer-of-gateway",
  "operator",
] as const;

export type Permission = (typeof permissions)[number];

/** Path parameter that names what the permission is about. */
export const subjectOf = {
  "consumer-of-meter": "meter",
  "consumer-of-block": "block",
  "consumer-of-gateway": "gateway",
} as const satisfies Partial<Record<Permission, string>>;
