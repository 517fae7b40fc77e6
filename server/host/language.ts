/** The languages of the console; the last ones of the list are catalogues in `components/words/`. */
export const languages = ['en', 'ar', 'de', 'es', 'ja'] as const

/**
 * The host's `language`, checked.
 *
 * @throws Error if it is neither `reader` nor a language tag
 */
export function parseLanguage(language: string = 'en'): string {
  if (language === 'reader') return language
  try {
    return Intl.getCanonicalLocales(language)[0]!
  } catch {
    throw new Error(`createOps: 'language' is '${language}'; expected a language tag such as 'de', or 'reader' for that of each reader's browser.`)
  }
}

/** Whether a language is written from right to left. */
export function isRightToLeft(tag: string): boolean {
  return /^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)\b/.test(tag)
}
