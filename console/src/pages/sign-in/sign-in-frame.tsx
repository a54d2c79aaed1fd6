import type { ReactNode } from 'react'
import { Notice } from '../../components/meaning.tsx'
import { useLanguage, useWords } from '../../language/language.tsx'
import { languageNames, languages } from '../../language/words.ts'
import { words as signInWords } from './words.ts'

/** One column in the middle, and the choice of the language below it. */
export function SignInFrame({
  title,
  sentence,
  notice = null,
  children,
}: {
  title: string
  sentence?: string
  notice?: string | null
  children: ReactNode
}) {
  const words = useWords(signInWords)
  const { language, choose } = useLanguage()
  return (
    <div className="flex min-h-dvh flex-col items-center px-4">
      <main className="w-full max-w-[22.5rem] flex-1 pt-[14vh] pb-12">
        <img src="./icon.svg" alt="" width="40" height="40" className="mb-6" />
        <h1 id="page-title" className="text-28">
          {title}
        </h1>
        {sentence !== undefined && <p className="mt-2 text-16 text-grey-3">{sentence}</p>}
        {notice !== null && (
          <div className="mt-4">
            <Notice kind="warn">{notice}</Notice>
          </div>
        )}
        <div className="mt-6">{children}</div>
      </main>
      <nav aria-label={words.language} className="flex gap-4 pb-6 text-14">
        {languages.map((one) => (
          <button
            key={one}
            type="button"
            lang={one}
            aria-pressed={one === language}
            onClick={() => choose(one)}
            className="rounded text-grey-3 underline-offset-4 hover:text-ink aria-pressed:text-ink aria-pressed:underline"
          >
            {languageNames[one]}
          </button>
        ))}
      </nav>
    </div>
  )
}
