/** The words of the page by language, and which language a browser asks for. */

import type { Language } from "../decimal.ts";
import { de } from "./de.ts";
import { en, type Texts } from "./en.ts";

export type { Texts };

export const texts: Readonly<Record<Language, Texts>> = { de, en };

/** The first of the browser's languages that the page speaks; English if there is none. */
export function languageOf(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const language = tag.slice(0, 2).toLowerCase();
    if (language === "de" || language === "en") return language;
  }
  return "en";
}
