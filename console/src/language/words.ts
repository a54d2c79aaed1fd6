/*
 * Words stand beside the page that says them, in both languages at once: `defineWords` does not compile while one
 * language lacks a word of the other.
 */

/** The languages of the console. */
export const languages = ['en', 'fr'] as const
export type Language = (typeof languages)[number]

/** What a language calls itself. */
export const languageNames: Record<Language, string> = { en: 'English', fr: 'Français' }

/** The same words in each language. A word with a blank to fill is a function. */
export type Words<Entries> = Record<Language, Entries>

/** Defines the words of a page. French is compared with English. */
export const defineWords = <Entries>(words: { en: Entries; fr: NoInfer<Entries> }): Words<Entries> => words
