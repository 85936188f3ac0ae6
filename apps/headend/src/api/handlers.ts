/** One function for each operation of the contract: an operation without one does not compile. */

import type { OperationId } from "@siegel/contract";

import type { Handler } from "./asked.ts";
import { getBlock, getProof } from "./blocks.ts";
import { getGateway, getTrust } from "./gateways.ts";
import { getHealth } from "./health.ts";
import { getLive } from "./live.ts";
import { getMeter } from "./meters.ts";
import { getQuarantine } from "./quarantine.ts";
import { getSeries } from "./series.ts";
import { createSession, deleteSession, getMe } from "./session.ts";

export const handlers: { readonly [Id in OperationId]: Handler<Id> } = {
  createSession,
  deleteSession,
  getMe,
  getMeter,
  getSeries,
  getLive,
  getBlock,
  getProof,
  getGateway,
  getTrust,
  getQuarantine,
  getHealth,
};
