/** What a wired meter says with CI 70 when it could not do as it was told. Source: EN 13757-3, application errors; facts §4.1. */

/** The octet after CI 70. */
export const applicationErrors = {
  unspecified: 0,
  "unknown-ci": 1,
  "buffer-too-long": 2,
  "too-many-records": 3,
  "premature-end": 4,
  "too-many-difes": 5,
  "too-many-vifes": 6,
  busy: 8,
  "too-many-readouts": 9,
} as const;

export type ApplicationError = keyof typeof applicationErrors;

/** The name of an octet; `error-7` for those that the table does not have. */
export function applicationErrorOf(octet: number): ApplicationError | `error-${number}` {
  for (const [name, code] of Object.entries(applicationErrors)) {
    if (code === octet) return name as ApplicationError; // a key of the table
  }
  return `error-${octet}`;
}
