/** The blocks of a proof: are they day blocks, and are they the ones that the seal commits to? */

import { decodeDayBlock } from "@siegel/readings";
import { equalBytes, MeterError, toHex } from "@siegel/wire";
import type { DeliveryBinding } from "../asn1/delivery.ts";
import type { ProofBundle } from "../asn1/proof-bundle.ts";
import { commitmentOf } from "../delivery/commitments.ts";
import { failed, passed, type ProofStep, skipped } from "./steps.ts";

type ProvenBlock = ProofBundle["blocks"][number];

/** The blocks that are judged: all of the bundle, or the one that is displayed with its octets as displayed. */
export function blocksToJudge(
  { blocks }: ProofBundle,
  displayed: { readonly index: number; readonly bytes: Uint8Array } | undefined,
): readonly ProvenBlock[] {
  if (displayed === undefined) return blocks;
  return blocks.filter(({ index }) => index === displayed.index).map((one) => ({ ...one, block: displayed.bytes }));
}

export function blockStep(blocks: readonly ProvenBlock[], isAsked: boolean): ProofStep {
  if (blocks.length === 0) return isAsked ? failed("block", "no-such-block") : skipped("block", "no-block");
  const detail: Record<string, string> = { count: String(blocks.length) };
  for (const { block } of blocks) {
    try {
      const { meter, obis, day, values } = decodeDayBlock(block);
      Object.assign(detail, {
        meter: meter.toString(),
        obis: obis.toString(),
        date: day.date,
        values: String(values.length),
      });
    } catch (error) {
      if (error instanceof MeterError) return failed("block", "not-a-block", detail);
      throw error;
    }
  }
  return passed("block", detail);
}

export function commitmentStep(blocks: readonly ProvenBlock[], binding: DeliveryBinding | undefined): ProofStep {
  if (blocks.length === 0) return skipped("commitment", "no-block");
  if (binding === undefined) return skipped("commitment", "not-reached");
  let detail: Record<string, string> = {};
  for (const { index, salt, block } of blocks) {
    const signed = binding.commitments[index];
    if (signed === undefined) return failed("commitment", "no-such-block", { index: String(index) });
    const computed = commitmentOf({ salt, block });
    detail = { index: String(index), computed: toHex(computed), signed: toHex(signed) };
    if (!equalBytes(computed, signed)) return failed("commitment", "commitment-mismatch", detail);
  }
  return passed("commitment", detail);
}
