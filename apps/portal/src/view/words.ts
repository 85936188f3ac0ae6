/** Language and words for every component below the one that provides them. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";

import type { Language } from "../core/decimal.ts";
import { type Texts, texts } from "../core/texts/texts.ts";

export interface Words {
  readonly language: Language;
  readonly t: Texts;
}

export const WordsContext = createContext<Words>({ language: "en", t: texts.en });

export function useWords(): Words {
  return useContext(WordsContext);
}
