/** Strict DER, certificates by role, issuing, revocation, path validation at an instant. */

// The declarations, for those who show a structure field by field.
export { SignedCertificate } from "./asn1/certificate.ts";
export { CertificateList } from "./asn1/certificate-list.ts";
export { SignedRequest } from "./asn1/certification-request.ts";
export type { RevocationReason } from "./asn1/extensions.ts";
export type { DistinguishedName } from "./asn1/name.ts";
export { smPkiPolicy } from "./asn1/oids.ts";
export { Certificate } from "./certificate.ts";
export * from "./der/index.ts";
export {
  IssueError,
  type IssueErrorCode,
  issueErrorCodes,
  PathError,
  type PathErrorCode,
  pathErrorCodes,
  RequestError,
  type RequestErrorCode,
  requestErrorCodes,
} from "./errors.ts";
export { type CertificateContent, issueCertificate, type Issuer } from "./issuing/certificate.ts";
export {
  type LabOptions,
  LabPki,
  type LabRequest,
  type LabSigners,
  type LabState,
  type RandomOctets,
} from "./issuing/lab-pki.ts";
export { issueCrl, type ListContent, type RevokedEntry } from "./issuing/list.ts";
export { CertificationRequest, certificationRequest, VerifiedRequest } from "./issuing/request.ts";
export type { Signer } from "./issuing/signer.ts";
export { PathCache } from "./path/cache.ts";
export { currentCurves, type CurveRule, legacyCurves } from "./path/profile.ts";
export { type At, type PathQuestion, ValidatedPath, validatePath } from "./path/validate.ts";
export { type Revocation, RevocationList } from "./revocation-list.ts";
export { type Purpose, type Role, roles } from "./roles.ts";
