import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { readKept, writeKept } from '../manners/kept.ts'
import { type Language, languages, type Words } from './words.ts'

type LanguageChoice = { language: Language; choose: (language: Language) => void }

const LanguageContext = createContext<LanguageChoice>({ language: 'en', choose: () => {} })

/** Gives everything below it one language: the one that was chosen, or the first of the browser's that we speak. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage)
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const choose = useCallback((chosen: Language) => {
    writeKept('language', chosen)
    setLanguage(chosen)
  }, [])
  const choice = useMemo(() => ({ language, choose }), [language, choose])
  return <LanguageContext value={choice}>{children}</LanguageContext>
}

/** The language of the reader, and how to change it. */
export const useLanguage = (): LanguageChoice => useContext(LanguageContext)

/** The words of a page in the language of the reader. */
export function useWords<Entries>(words: Words<Entries>): Entries {
  return words[useLanguage().language]
}

function firstLanguage(): Language {
  const wanted = [readKept('language'), ...navigator.languages].map((tag) => tag?.slice(0, 2).toLowerCase())
  return (
    languages.find((language) => language === wanted.find((tag) => languages.some((one) => one === tag))) ??
    'en'
  )
}
