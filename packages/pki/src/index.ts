/** Strict DER, certificates by role, issuing, revocation, path validation at an instant. */

export * from "./der/index.ts";
