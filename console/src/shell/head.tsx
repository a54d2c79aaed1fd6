import { isDevelopment } from '../api/mode.ts'
import { urlOf } from '../api/request.ts'
import { useOperator } from '../api/session.ts'
import { IconButton } from '../components/button.tsx'
import { Icon } from '../components/icon.tsx'
import { Meaning } from '../components/meaning.tsx'
import { useWords } from '../language/language.tsx'
import { useIsOnline } from '../manners/use-is-online.ts'
import { MeMenu } from './me-menu.tsx'
import { ProjectSwitcher } from './project-switcher.tsx'
import { SearchBox } from './search-box.tsx'
import { shellWords } from './shell-words.ts'

/** The head of every page: which project, search, commands, help, me. */
export function Head({ onPalette }: { onPalette: () => void }) {
  const words = useWords(shellWords)
  const operator = useOperator()
  const isOnline = useIsOnline()
  return (
    <header className="sticky top-0 z-20 border-b border-grey-2 bg-paper">
      <div className="flex h-14 items-center gap-2 px-4 md:px-8">
        {operator !== null && <ProjectSwitcher />}
        <SearchBox />
        <div className="ml-auto flex items-center gap-1">
          <button
            type="button"
            onClick={onPalette}
            className="hidden h-9 items-center gap-2 rounded px-3 text-14 text-grey-3 hover:bg-grey-1 hover:text-ink md:flex"
          >
            {words.openPalette}
            <kbd className="rounded bg-grey-1 px-1 text-12">{isApple ? '⌘' : 'Ctrl'} K</kbd>
          </button>
          <a
            href={urlOf('docs').href}
            title={words.help}
            aria-label={words.help}
            className="hidden size-9 items-center justify-center rounded text-grey-3 hover:bg-grey-1 hover:text-ink md:inline-flex"
          >
            <Icon name="help" />
          </a>
          <MeMenu trigger={<IconButton icon="person" label={words.me} />} />
        </div>
      </div>
      {!isOnline && (
        <p role="status" className="border-t border-grey-2 px-4 py-2 md:px-8">
          <Meaning kind="warn">
            <span className="whitespace-normal">{words.offline}</span>
          </Meaning>
        </p>
      )}
      {isDevelopment && <p className="sr-only">{words.development}</p>}
    </header>
  )
}

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent)
