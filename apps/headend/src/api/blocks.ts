/** A block as it was sealed, and what proves it. */

import type { BlockDetail } from "@siegel/contract";

import type { ConsumerMayRead } from "../core/access.ts";
import type { StoredBlock } from "../core/blocks.ts";
import type { Asked } from "./asked.ts";
import type { ApiPorts } from "./ports.ts";
import { ProblemError } from "./problem.ts";
import { base64, hex, instantText } from "./text.ts";

export async function getBlock({ grant: { may }, params, ports }: Asked<"getBlock">): Promise<BlockDetail> {
  const block = await wholeBlock(may, params.block, ports);
  const deliveryHash = await ports.store.readings.deliveryHash(block);
  if (deliveryHash === undefined) throw new ProblemError("not-found");
  return {
    blockId: block.blockId,
    meter: block.meter,
    obis: block.obis,
    kind: block.kind,
    unit: block.unit ?? null,
    day: block.day,
    from: instantText(block.firstAtMs),
    to: instantText(block.lastAtMs),
    period_s: block.periodMs / 1000,
    count: block.count,
    revision: block.revision,
    trust: block.trust,
    gateway: block.gateway,
    profile: block.profile,
    deliveryNumber: String(block.number),
    deliveryHash: hex(deliveryHash),
    commitment: hex(block.commitment),
    index: block.index,
    committedAt: instantText(block.committedAtMs),
    bytes: base64(block.content.bytes),
  };
}

export async function getProof({ grant: { may }, params, reply, ports }: Asked<"getProof">): Promise<unknown> {
  const block = await wholeBlock(may, params.block, ports);
  const proof = await ports.store.readings.proof(block);
  if (proof === undefined) throw new ProblemError("erased");
  return reply
    .type("application/octet-stream")
    .header("content-disposition", `attachment; filename="${block.meter}-${block.day}.siegel-proof"`)
    .header("cache-control", "private, no-store")
    .send(Buffer.from(ports.proofBundle(block, proof)));
}

type WholeBlock = StoredBlock & { content: NonNullable<StoredBlock["content"]> };

async function wholeBlock(may: ConsumerMayRead, blockId: string, { store }: ApiPorts): Promise<WholeBlock> {
  const block = await store.readings.block(may, blockId);
  if (block === undefined) throw new ProblemError("not-found");
  const { content } = block;
  if (content === undefined) throw new ProblemError("erased");
  return { ...block, content };
}
