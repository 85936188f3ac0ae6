/**
 * Values of a register over time, as JSON, NDJSON or CSV.
 *
 * The ETag is a hash of the blocks that the answer is made of: values never change under a block, so it changes exactly when a
 * block joins or is erased.
 */

import {
  csvHeader,
  maxSeriesDays,
  maxSeriesValues,
  type Series,
  type SeriesQuery,
  type SeriesSegment,
  type SeriesValue,
} from "@siegel/contract";
import { digest } from "@siegel/crypto";
import { Instant, ObisCode } from "@siegel/readings";
import { toHex } from "@siegel/wire";
import type { FastifyReply } from "fastify";

import type { StoredBlock } from "../core/blocks.ts";
import { mergeBlocks, type MergedValue } from "../core/merge.ts";
import type { RegisterRow, Span } from "../store/reading-store.ts";
import { bestType } from "./accept.ts";
import type { Asked } from "./asked.ts";
import { ProblemError } from "./problem.ts";
import { instantText } from "./text.ts";

export async function getSeries({ grant, query, request, reply, ports }: Asked<"getSeries">): Promise<unknown> {
  const type = bestType(request.headers.accept, seriesTypes);
  if (type === undefined) throw new ProblemError("not-acceptable");
  const { may } = grant;
  const { readings } = ports.store;
  const span = spanOf(query, await readings.registers(may));
  const blocks =
    span.kind === undefined ? [] : await readings.blocksIn(may, { ...span, kind: span.kind }, maxBlocks + 1);
  if (blocks.length > maxBlocks) throw new ProblemError("range-too-long", "Ask for a shorter time.");

  const etag = etagOf(type, span, blocks);
  reply.header("etag", etag).header("cache-control", "private, no-cache").header("vary", "accept, cookie");
  if (sameTag(request.headers["if-none-match"], etag)) return reply.code(304).send();
  const values = mergeBlocks(blocks, span);
  if (values.length > maxSeriesValues) throw new ProblemError("range-too-long", "Ask for a shorter time.");
  return answer(reply, type, seriesFrom(may.meter, span, values));
}

function answer(reply: FastifyReply, type: (typeof seriesTypes)[number], series: Series): FastifyReply | Series {
  if (type === "application/json") return series;
  const text =
    type === "text/csv" ? csvOf(series) : series.values.map((value) => `${JSON.stringify(value)}\n`).join("");
  return reply.type(`${type}; charset=utf-8`).send(text);
}

interface Wanted extends Omit<Span, "kind"> {
  /** Undefined for a register that has never delivered: the answer is empty, not an error. */
  readonly kind: Span["kind"] | undefined;
  readonly unit: string | undefined;
}

function spanOf({ obis: text, from, to, kind }: SeriesQuery, registers: readonly RegisterRow[]): Wanted {
  const obis = parsed("obis", () => ObisCode.parse(text)).toString();
  const fromMs = parsed("from", () => Instant.parse(from)).epochMs;
  const toMs = parsed("to", () => Instant.parse(to)).epochMs;
  if (toMs < fromMs) throw new ProblemError("bad-request", "to lies before from");
  if (toMs - fromMs > maxSeriesDays * 86_400_000 + hourMs) {
    throw new ProblemError("range-too-long", `At most ${maxSeriesDays} days.`);
  }
  const [register] = registers
    .filter((one) => one.obis === obis && (kind === undefined || one.kind === kind))
    .sort((a, b) => b.lastAtMs - a.lastAtMs);
  return { obis, fromMs, toMs, kind: register?.kind ?? kind, unit: register?.unit };
}

function parsed<T>(field: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new ProblemError("bad-request", `${field} cannot be read`);
  }
}

function seriesFrom(meter: string, { obis, kind = "total", unit }: Wanted, merged: readonly MergedValue[]): Series {
  const counts = new Map<StoredBlock, number>();
  for (const { block } of merged) counts.set(block, (counts.get(block) ?? 0) + 1);
  const blocks = [...counts.keys()];
  const periods = new Set(blocks.map(({ periodMs }) => periodMs));
  const [onlyPeriodMs] = periods;
  return {
    meter,
    obis,
    unit: merged.at(-1)?.block.unit ?? unit ?? null,
    kind,
    scaler: blocks.reduce((finest, { scaler }) => Math.min(finest, scaler), blocks[0]?.scaler ?? 0),
    period_s: periods.size === 1 && onlyPeriodMs !== undefined ? onlyPeriodMs / 1000 : null,
    segments: blocks.map((block) => segmentOf(block, counts.get(block) ?? 0)),
    values: merged.map(valueOf),
  };
}

function segmentOf(block: StoredBlock, count: number): SeriesSegment {
  const { blockId, day, revision, trust, periodMs } = block;
  const [from, to] = [instantText(block.firstAtMs), instantText(block.lastAtMs)];
  return { blockId, day, from, to, period_s: periodMs / 1000, revision, trust, count };
}

function valueOf({ atMs, value, quality, trust, block }: MergedValue): SeriesValue {
  return { at: instantText(atMs), value, quality, trust, blockId: block.blockId };
}

/** No field of ours holds a comma, a quote or a line break, nor begins like a formula: ids, words and numbers. */
function csvOf({ values, unit }: Series): string {
  const lines = values.map(
    ({ at, value, quality, trust, blockId }) =>
      `${at},${value ?? ""},${value === null ? "" : (unit ?? "")},${quality},${trust},${blockId}\r\n`,
  );
  return `${csvHeader}\r\n${lines.join("")}`;
}

function etagOf(type: string, { obis, kind, fromMs, toMs }: Wanted, blocks: readonly StoredBlock[]): string {
  const text = new TextEncoder();
  const parts = blocks.map(({ blockId, content }) => `${blockId}${content === undefined ? "-" : ""}`);
  const head = [type, obis, kind ?? "", fromMs, toMs].join(" ");
  return `"${toHex(digest("SHA-256", text.encode(`${head}\n${parts.join("\n")}`)).subarray(0, 16))}"`;
}

function sameTag(header: string | undefined, etag: string): boolean {
  return (header ?? "").split(",").some((one) => one.trim().replace(/^W\//, "") === etag);
}

const seriesTypes = ["application/json", "application/x-ndjson", "text/csv"] as const;
/** 35 days of 5-second values in blocks of one value are 604 800: they are asked for in parts. */
const maxBlocks = 20_000;
/** 35 local days may have an hour more when the clock goes back. */
const hourMs = 3_600_000;
