/** A word in the languages that Siegel speaks. */

export type Language = "en" | "de";
export type Words = Readonly<Record<Language, string>>;

export function words(en: string, de: string): Words {
  return { en, de };
}
