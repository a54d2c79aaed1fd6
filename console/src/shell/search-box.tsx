import { useRef, useState } from 'react'
import { useOperator } from '../api/session.ts'
import { Icon } from '../components/icon.tsx'
import { useGo } from '../components/path-link.tsx'
import { useWords } from '../language/language.tsx'
import { useShortcut } from '../manners/use-shortcut.ts'
import { pages } from '../pages/index.ts'
import { shellWords } from './shell-words.ts'

/** Finds an address or an id on the page that lists them. `/` leads here from everywhere. */
export function SearchBox() {
  const words = useWords(shellWords)
  const go = useGo()
  const operator = useOperator()
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState('')
  useShortcut('/', () => input.current?.focus())
  const target = pages.find(
    ({ searchedBy, access }) => searchedBy !== undefined && (operator !== null || access === 'development'),
  )
  if (target?.searchedBy === undefined) return null

  const { path, searchedBy } = target
  return (
    <search className="relative max-w-96 min-w-0 flex-1">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          go(path, { [searchedBy]: text.trim() === '' ? undefined : text.trim() })
        }}
      >
        <span className="pointer-events-none absolute inset-y-0 left-2 flex items-center text-grey-3">
          <Icon name="search" size={16} />
        </span>
        <input
          ref={input}
          type="search"
          value={text}
          onChange={(event) => setText(event.target.value)}
          aria-label={words.searchLabel}
          aria-keyshortcuts="/"
          placeholder={words.search}
          autoComplete="off"
          spellCheck={false}
          className="h-9 w-full rounded border border-edge bg-paper pr-8 pl-8 text-14 text-ellipsis outline-offset-0"
        />
        {text === '' && (
          <kbd className="pointer-events-none absolute inset-y-0 right-2 hidden items-center text-12 text-grey-3 md:flex">
            /
          </kbd>
        )}
      </form>
    </search>
  )
}
