import { createContext, useContext } from "react";
import type { Language } from "../model/format.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import type { Texts } from "./texts.ts";

const languages: Readonly<Record<Language, Texts>> = { en, de };

/** Each language by its own name, whatever the window speaks now. */
export const languageNames: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch" };

export const LanguageContext = createContext<Language>("en");

export function useText(): { readonly text: Texts; readonly language: Language } {
  const language = useContext(LanguageContext);
  return { text: languages[language], language };
}
