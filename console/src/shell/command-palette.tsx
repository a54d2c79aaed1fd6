import * as RadixDialog from '@radix-ui/react-dialog'
import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { urlOf } from '../api/request.ts'
import { Icon, type IconName } from '../components/icon.tsx'
import { useGo } from '../components/path-link.tsx'
import { useLanguage, useWords } from '../language/language.tsx'
import { languageNames, languages } from '../language/words.ts'
import { themes, useTheme } from '../manners/theme.ts'
import { useFocusBack } from '../manners/use-focus-back.ts'
import { pages } from '../pages/index.ts'
import { shellWords } from './shell-words.ts'

type Command = { id: string; name: string; icon: IconName; run: () => void }

/** Everything by name: pages, the theme, the language. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const words = useWords(shellWords)
  const commands = useCommands()
  const listId = useId()
  const [typed, setTyped] = useState('')
  const [position, setPosition] = useState(0)
  const hasRun = useRef(false)
  const giveFocusBack = useFocusBack()
  const found = commands.filter(({ name }) => plain(name).includes(plain(typed)))
  const chosen = found[Math.min(position, found.length - 1)]

  const run = (command: Command | undefined) => {
    if (command === undefined) return
    hasRun.current = true
    onClose()
    command.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && found.length > 0) {
      event.preventDefault()
      setPosition((Math.min(position, found.length - 1) + step + found.length) % found.length)
    }
    if (event.key === 'Enter') run(chosen)
  }

  return (
    <RadixDialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="fixed inset-0 z-40 bg-veil" />
        <RadixDialog.Content
          // A command leads elsewhere, and the focus with it.
          onCloseAutoFocus={(event) => (hasRun.current ? event.preventDefault() : giveFocusBack(event))}
          className="fixed inset-x-4 top-[12vh] z-40 mx-auto max-w-[36rem] overflow-hidden rounded bg-paper shadow-float outline-none"
        >
          <RadixDialog.Title className="sr-only">{words.palette}</RadixDialog.Title>
          <RadixDialog.Description className="sr-only">{words.paletteHint}</RadixDialog.Description>
          <input
            role="combobox"
            aria-expanded="true"
            aria-controls={listId}
            aria-activedescendant={chosen === undefined ? undefined : `${listId}-${chosen.id}`}
            aria-label={words.palette}
            placeholder={words.palette}
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value)
              setPosition(0)
            }}
            onKeyDown={onKeyDown}
            className="h-12 w-full border-b border-grey-2 bg-paper px-4 text-16 outline-none"
          />
          <div
            id={listId}
            role="listbox"
            aria-label={words.palette}
            className="max-h-[50vh] overflow-y-auto py-2"
          >
            {found.map((command) => (
              // The keyboard chooses from the field, as the pattern of a combobox says.
              // biome-ignore lint/a11y/useKeyWithClickEvents: see above
              <div
                key={command.id}
                id={`${listId}-${command.id}`}
                role="option"
                aria-selected={command === chosen}
                tabIndex={-1}
                onClick={() => run(command)}
                className={`flex cursor-pointer items-center gap-3 px-4 py-2 ${command === chosen ? 'bg-grey-1' : ''}`}
              >
                <span className="text-grey-3">
                  <Icon name={command.icon} />
                </span>
                {command.name}
              </div>
            ))}
          </div>
          {found.length === 0 && <p className="px-4 pb-4 text-grey-3">{words.paletteEmpty}</p>}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  )
}

function useCommands(): Command[] {
  const words = useWords(shellWords)
  const go = useGo()
  const { language, choose: chooseLanguage } = useLanguage()
  const { choose: chooseTheme } = useTheme()
  return [
    ...pages.map(({ path, names, icon }) => ({
      id: `page${path.replaceAll('/', '-')}`,
      name: names[language],
      icon,
      run: () => go(path),
    })),
    { id: 'docs', name: words.help, icon: 'docs', run: () => location.assign(urlOf('docs')) },
    ...themes.map((theme) => ({
      id: `theme-${theme}`,
      name: `${words.theme}: ${words.themes[theme]}`,
      icon: 'settings' as const,
      run: () => chooseTheme(theme),
    })),
    ...languages.map((one) => ({
      id: `language-${one}`,
      name: `${words.language}: ${languageNames[one]}`,
      icon: 'settings' as const,
      run: () => chooseLanguage(one),
    })),
  ]
}

/** Without accents, in small letters: `premiers` finds `Premiers`, and `boite` finds `Boîte`. */
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
