/**
 * What the programs say to each other, and the HTTP API: schemas, errors, who may call what.
 *
 * Whoever needs types only uses `import type`: then no schema code comes along, which is how the portal stays small.
 */

export { BlockDetail } from "./blocks.ts";
export { CertificateInfo, GatewayDetail, TrustRoot } from "./gateways.ts";
export { Health } from "./health.ts";
export { ingest } from "./ingest.ts";
export { live, type LiveReading } from "./live.ts";
export { CurrentValue, MeterDetail, MeterSummary, Register } from "./meters.ts";
export { type Permission, permissions, subjectOf } from "./permission.ts";
export { Problem, type ProblemCode, problemOf, problems, problemType } from "./problem.ts";
export type {
  CertificateRequests,
  GatewayMessage,
  GatewayRequest,
  HeadendMessage,
  HeadendRequest,
  IssuedCertificates,
} from "./processes.ts";
export { type QuarantineCode, quarantineCodes, QuarantineEntry, QuarantineList } from "./quarantine.ts";
export type { Answer, Route } from "./route.ts";
export { type BodyOf, type OperationId, type ParamsOf, type QueryOf, type Routes, routes } from "./routes.ts";
export {
  csvHeader,
  maxSeriesDays,
  maxSeriesValues,
  Series,
  SeriesQuery,
  SeriesSegment,
  SeriesValue,
} from "./series.ts";
export { Me, sessionCookie, SessionRequest } from "./session.ts";
export type { Medium } from "./words.ts";
