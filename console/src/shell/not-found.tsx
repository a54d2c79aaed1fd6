import { buttonClass } from '../components/button.tsx'
import { Page } from '../components/page.tsx'
import { PathLink } from '../components/path-link.tsx'
import { useWords } from '../language/language.tsx'
import { shellWords } from './shell-words.ts'

/** What stands at an address without a page. */
export function NotFound() {
  const words = useWords(shellWords)
  return (
    <Page title={words.missingTitle} sentence={words.missingSentence}>
      <PathLink path="/" className={buttonClass('primary')}>
        {words.toStart}
      </PathLink>
    </Page>
  )
}
