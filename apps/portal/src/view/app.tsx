/** The whole page: signs in, finds the meters of the reader, and shows one of them. Language and appearance live here. */

import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";

import { ApiError, me, signIn, signOut } from "../adapters/api.ts";
import { remember, remembered, rememberedTheme, type Theme } from "../adapters/storage.ts";
import type { Language } from "../core/decimal.ts";
import { languageOf, texts } from "../core/texts/texts.ts";
import { Header } from "./header.tsx";
import { MetersPage } from "./meters-page.tsx";
import { ErrorStrip, MessagePage } from "./notice.tsx";
import { useLoaded } from "./use-loaded.ts";
import { useWords, WordsContext } from "./words.ts";

/** Where the reader stands. `closed`: why there is no session. */
type Session =
  | { readonly at: "signing-in"; readonly token: string }
  | { readonly at: "failed"; readonly token: string; readonly error: ApiError }
  | { readonly at: "open" }
  | { readonly at: "closed"; readonly why: Reason };

type Reason = "none" | "used" | "ended" | "signedOut";

export function App({ token }: { token: string | undefined }): JSX.Element {
  const [language, setLanguage] = useState<Language>(() =>
    languageOf([remembered("language") ?? "", ...navigator.languages]),
  );
  const [theme, setTheme] = useState<Theme>(rememberedTheme);
  const [session, setSession] = useState<Session>(token === undefined ? { at: "open" } : { at: "signing-in", token });
  const words = useMemo(() => ({ language, t: texts[language] }), [language]);
  const { t } = words;

  useEffect(() => {
    document.documentElement.lang = language;
    document.title = t.pageTitle;
  }, [language, t]);
  useEffect(() => applyTheme(theme), [theme]);

  useEffect(() => {
    if (session.at !== "signing-in") return undefined;
    let left = false;
    openSession(session.token).then(
      (next) => left || setSession(next),
      (cause: unknown) => {
        if (left) return;
        const error = cause instanceof ApiError ? cause : new ApiError("broken", { cause });
        setSession({ at: "failed", token: session.token, error });
      },
    );
    return () => void (left = true);
  }, [session]);

  const leave = (): void => {
    signOut().then(
      () => setSession({ at: "closed", why: "signedOut" }),
      () => setSession({ at: "closed", why: "signedOut" }), // the cookie may live on, but the page shows nothing more
    );
  };

  return (
    <WordsContext.Provider value={words}>
      <Header
        theme={theme}
        onTheme={(chosen) => {
          remember("theme", chosen === "system" ? undefined : chosen);
          setTheme(chosen);
        }}
        onLanguage={() => {
          const other = language === "de" ? "en" : "de";
          remember("language", other);
          setLanguage(other);
        }}
        onSignOut={session.at === "open" ? leave : undefined}
      />
      {session.at === "signing-in" && (
        <MessagePage icon="seal" title={t.signIn.working}>
          <p role="status">{t.loading}</p>
        </MessagePage>
      )}
      {session.at === "failed" && (
        <MessagePage icon="seal" title={t.signIn.working}>
          <ErrorStrip error={session.error} retry={() => setSession({ at: "signing-in", token: session.token })} />
        </MessagePage>
      )}
      {session.at === "closed" && <ClosedPage why={session.why} />}
      {session.at === "open" && (
        <OpenPage onOver={(hadSession) => setSession({ at: "closed", why: hadSession ? "ended" : "none" })} />
      )}
    </WordsContext.Provider>
  );
}

function ClosedPage({ why }: { why: Reason }): JSX.Element {
  const { t } = useWords();
  return (
    <MessagePage icon={why === "used" ? "broken" : "seal"} title={t.signIn[`${why}Title`]}>
      <p>{t.signIn[`${why}Text`]}</p>
      <p class="hint">{t.signIn.hint}</p>
    </MessagePage>
  );
}

/** @throws {ApiError} for whatever another try may mend. */
async function openSession(token: string): Promise<Session> {
  try {
    await signIn(token);
    return { at: "open" };
  } catch (cause) {
    // A text that is no token is refused as a request, not as a link: to the reader it is the same.
    if (!(cause instanceof ApiError) || (cause.code !== "session-over" && cause.code !== "broken")) throw cause;
  }
  try {
    await me(new AbortController().signal);
    return { at: "open" }; // an old link was opened again, and the session it once gave still lives
  } catch {
    return { at: "closed", why: "used" };
  }
}

/** Behind the sign-in. Whether the reader was signed in before tells which message a lost session gets. */
function OpenPage({ onOver }: { onOver: (hadSession: boolean) => void }): JSX.Element {
  const { t } = useWords();
  const { value, error, reload } = useLoaded("me", me);
  useEffect(() => {
    if (error?.code === "session-over") onOver(value !== undefined);
  }, [error]);
  if (value !== undefined) return <MetersPage me={value} onSessionOver={() => onOver(true)} />;
  return (
    <main class="message" id="content">
      {error === undefined || error.code === "session-over" ? (
        <p role="status">{t.loading}</p>
      ) : (
        <ErrorStrip error={error} retry={reload} />
      )}
    </main>
  );
}

/** The document's mark for the style sheet; without one the device decides. */
function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  dispatchEvent(new Event("siegel-theme"));
}
