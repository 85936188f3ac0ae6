/** The head of the page: mark, meter picker, language, appearance, sign out. */

import type { JSX } from "preact";

import type { Theme } from "../adapters/storage.ts";
import { Icon, type IconName } from "./icons.tsx";
import { useWords } from "./words.ts";

export interface HeaderProps {
  readonly theme: Theme;
  readonly onTheme: (theme: Theme) => void;
  readonly onLanguage: () => void;
  readonly onSignOut: (() => void) | undefined;
}

export function Header({ theme, onTheme, onLanguage, onSignOut }: HeaderProps): JSX.Element {
  const { t, language } = useWords();
  const next = following[theme];
  return (
    <header class="head">
      <a class="skip" href="#content" onClick={skip}>
        {t.skipToContent}
      </a>
      <div class="head-inner">
        <span class="mark">
          <Icon name="seal" size={28} />
          <span class="mark-name">{t.appName}</span>
        </span>
        <div class="head-tools">
          <button type="button" class="tool wide" onClick={onLanguage}>
            <span class="hidden">{t.language.label}: </span>
            <span lang={language === "de" ? "en" : "de"}>{t.language.other}</span>
          </button>
          <button
            type="button"
            class="tool"
            onClick={() => onTheme(next)}
            aria-label={`${t.theme.label}: ${t.theme[theme]}`}
            title={`${t.theme.label}: ${t.theme[theme]}`}
          >
            <Icon name={signs[theme]} />
          </button>
          {onSignOut && (
            <button type="button" class="tool" onClick={onSignOut} aria-label={t.signOut} title={t.signOut}>
              <Icon name="leave" />
            </button>
          )}
        </div>
      </div>
    </header>
  );
}

/** The fragment of the address belongs to the place on display, so the link moves the focus itself. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

const following: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" };
const signs: Readonly<Record<Theme, IconName>> = { system: "device", light: "sun", dark: "moon" };
