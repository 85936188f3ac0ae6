/** What the tests of this room share: reading to the end, and catching an error of ours. */

import { SourceError } from "../src/index.ts";

/** All bytes of a source in one array. */
export async function allOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const bytes: number[] = [];
  for await (const chunk of chunks) bytes.push(...chunk);
  return Uint8Array.from(bytes);
}

/** The bytes until there are `count` of them. */
export async function firstOf(chunks: AsyncIterable<Uint8Array>, count: number): Promise<Uint8Array> {
  const bytes: number[] = [];
  for await (const chunk of chunks) {
    bytes.push(...chunk);
    if (bytes.length >= count) break;
  }
  return Uint8Array.from(bytes);
}

/** The error that this work ends with. Another than ours, or none, fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<SourceError> {
  const result: unknown = await work.catch((error: unknown) => error);
  if (result instanceof SourceError) return result;
  throw new Error("expected a SourceError", { cause: result });
}
