/**
 * Data that is loaded from somewhere: loading, there, or failed, with the last good one kept on display meanwhile.
 *
 * Lost connections and a busy server are tried again by themselves; whatever else fails waits for the reader.
 */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { ApiError, isAbort } from "../adapters/api.ts";

export interface Loaded<T> {
  /** The newest good answer for this key. */
  readonly value: T | undefined;
  readonly error: ApiError | undefined;
  readonly loading: boolean;
  /** Loads again, keeping what is on display. */
  readonly reload: () => void;
}

/**
 * @param key   What is loaded; another key forgets the value and loads. `undefined`: nothing to load.
 * @param load  Called when the key changes and on `reload`.
 */
export function useLoaded<T>(key: string | undefined, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string | undefined; value?: T; error?: ApiError; loading: boolean }>({
    key,
    loading: key !== undefined,
  });
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  const reload = useCallback(() => setTurn((count) => count + 1), []);

  useEffect(() => {
    if (key === undefined) return undefined;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    setState((before) => (before.key === key ? { ...before, loading: true } : { key, loading: true }));
    latest.current(abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) setState({ key, value, loading: false });
      },
      (cause: unknown) => {
        if (abort.signal.aborted || isAbort(cause)) return;
        const error = cause instanceof ApiError ? cause : new ApiError("broken", { cause });
        setState((before) => ({ ...(before.key === key ? before : {}), key, error, loading: false }));
        if (error.code === "offline" || error.code === "busy")
          timer = setTimeout(reload, error.retryAfterMs ?? pauseMs);
      },
    );
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [key, turn, reload]);

  const isCurrent = state.key === key;
  return {
    value: isCurrent ? state.value : undefined,
    error: isCurrent ? state.error : undefined,
    loading: isCurrent ? state.loading : key !== undefined,
    reload,
  };
}

const pauseMs = 5000;
