/**
 * The root that a check trusts: the reader's own file if he gave one, else the one of the server.
 *
 * Fingerprints are computed here, by the code that checks, from the certificate itself; what a server says about its own
 * root is not repeated.
 */

import { useEffect, useMemo, useState } from "preact/hooks";

import { ApiError, trustRoot } from "../adapters/api.ts";
import { fromBase64, toBase64 } from "../adapters/base64.ts";
import { type OwnRoot, rememberedRoot, rememberRoot } from "../adapters/storage.ts";
import type { Checker } from "../check/checker.ts";
import type { RootInfo } from "../check/messages.ts";

export interface TrustChoice {
  /** Changes when another root is chosen. */
  readonly key: string;
  readonly own: OwnRoot | undefined;
  /** Known once it was read. */
  readonly info: RootInfo | undefined;
  /** The last file held no root. */
  readonly isBadFile: boolean;
  /** Loads and reads the chosen root. @throws {ApiError} */
  readonly read: (signal: AbortSignal) => Promise<RootInfo>;
  readonly choose: (file: File) => Promise<void>;
  readonly forget: () => void;
}

/** @param checker  Loads the code that checks. */
export function useTrustRoot(checker: () => Promise<Checker>): TrustChoice {
  const [own, setOwn] = useState<OwnRoot | undefined>(rememberedRoot);
  const [info, setInfo] = useState<RootInfo | undefined>();
  const [isBadFile, setBadFile] = useState(false);
  const key = own?.certificate ?? "server";
  useEffect(() => setInfo(undefined), [key]);

  return useMemo(
    () => ({
      key,
      own,
      info,
      isBadFile,
      async read(signal) {
        const certificate = own?.certificate ?? (await trustRoot(signal)).certificate;
        const bytes = fromBase64(certificate);
        const read = bytes && (await (await checker()).readRoot(bytes));
        if (read === undefined) throw new ApiError("broken");
        setInfo(read);
        return read;
      },
      async choose(file) {
        const read =
          file.size > maxFileBytes
            ? undefined
            : await (await checker()).readRoot(new Uint8Array(await file.arrayBuffer()));
        setBadFile(read === undefined);
        if (read === undefined) return;
        const chosen = { name: file.name, certificate: toBase64(read.certificate) };
        rememberRoot(chosen);
        setOwn(chosen);
      },
      forget() {
        rememberRoot(undefined);
        setBadFile(false);
        setOwn(undefined);
      },
    }),
    [key, own, info, isBadFile], // `checker` loads the same thing whenever it is called
  );
}

/** A certificate has about a kilobyte; whatever is this large is something else. */
const maxFileBytes = 100_000;
