/** All bytes of a file or of standard input, up to a stated length. */

import { openSource, SourceError } from "@siegel/channel";
import { concatBytes } from "@siegel/wire";
import { CommandError, exitCode } from "../exit.ts";
import { sourceFailure } from "./input.ts";

/**
 * @param what  A path, or - for standard input.
 * @throws {CommandError} When it cannot be read, is a line that never ends, or is longer than `maxBytes`.
 */
export async function wholeSource(what: string, ended: AbortSignal, maxBytes: number): Promise<Uint8Array> {
  try {
    const source = await openSource(what, { maxBytes, signal: ended });
    if ("write" in source) {
      await source.close();
      throw new CommandError(exitCode.usage, `${what} is a line that never ends; a file or - is needed here`);
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of source.chunks(ended)) chunks.push(chunk);
    return concatBytes(...chunks);
  } catch (error) {
    if (error instanceof SourceError && error.code === "too-long") {
      throw new CommandError(exitCode.usage, `${what} is larger than ${maxBytes / 2 ** 20} MiB`, { cause: error });
    }
    throw sourceFailure(error);
  }
}
