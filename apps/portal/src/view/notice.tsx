/** Pages and strips for what went wrong: which of the few things it is, in words, and what can be done. */

import type { ComponentChildren, JSX } from "preact";

import type { ApiError, ApiErrorCode } from "../adapters/api.ts";
import type { Texts } from "../core/texts/texts.ts";
import { Icon, type IconName } from "./icons.tsx";
import { useWords } from "./words.ts";

/** A whole page with one message. */
export function MessagePage({ icon, title, children }: MessagePageProps): JSX.Element {
  return (
    <main class="message" id="content">
      <span class="message-sign">
        <Icon name={icon} size={44} />
      </span>
      <h1>{title}</h1>
      {children}
    </main>
  );
}

interface MessagePageProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children: ComponentChildren;
}

/** A strip above content that could not be loaded, or is old. */
export function ErrorStrip({ error, retry }: { error: ApiError; retry: () => void }): JSX.Element {
  const { t } = useWords();
  const { title, text } = errorWords(error.code, t);
  return (
    <div class="strip" role="alert">
      <Icon name={error.code === "offline" ? "offline" : "question"} />
      <div>
        <strong>{title}</strong>
        <p>{text}</p>
      </div>
      <button type="button" class="button quiet" onClick={retry}>
        {t.retry}
      </button>
    </div>
  );
}

function errorWords(code: ApiErrorCode, t: Texts): { title: string; text: string } {
  switch (code) {
    case "offline":
      return { title: t.errors.offlineTitle, text: t.errors.offlineText };
    case "busy":
      return { title: t.errors.busyTitle, text: t.errors.busyText };
    case "not-found":
    case "erased":
      return { title: t.errors.notFoundTitle, text: t.errors.notFoundText };
    case "session-over":
      return { title: t.signIn.endedTitle, text: t.signIn.endedText };
    case "broken":
      return { title: t.errors.brokenTitle, text: t.errors.brokenText };
  }
}
