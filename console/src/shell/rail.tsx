import { useState } from 'react'
import { urlOf } from '../api/request.ts'
import { Icon, type IconName } from '../components/icon.tsx'
import { Menu, MenuItem } from '../components/menu.tsx'
import { PathLink, useGo } from '../components/path-link.tsx'
import { useLanguage, useWords } from '../language/language.tsx'
import { readKept, writeKept } from '../manners/kept.ts'
import { pages } from '../pages/index.ts'
import type { PageEntry } from '../pages/page-entry.ts'
import { shellWords } from './shell-words.ts'

const groups = ['watch', 'set-up', 'try'] as const

const listed = pages.filter(({ isUnlisted = false }) => !isUnlisted)

const grouped = groups
  .map((group) => listed.filter((page) => page.group === group))
  .filter((group) => group.length > 0)

const entryClass =
  'flex h-9 items-center gap-3 rounded px-2 text-14 text-grey-3 transition-colors hover:bg-grey-1 hover:text-ink data-[status=active]:bg-grey-1 data-[status=active]:font-strong data-[status=active]:text-ink'

/** The pages, on the left. It collapses to symbols, and stays so. */
export function Rail() {
  const words = useWords(shellWords)
  const [isNarrow, setIsNarrow] = useState(() => readKept('rail') === 'narrow')
  const toggle = () => {
    writeKept('rail', isNarrow ? null : 'narrow')
    setIsNarrow(!isNarrow)
  }
  return (
    <nav
      aria-label={words.pages}
      className={`sticky top-0 hidden h-dvh shrink-0 flex-col gap-1 overflow-y-auto border-r border-grey-2 p-3 md:flex ${isNarrow ? 'w-[3.75rem]' : 'w-56'}`}
    >
      <Brand isNarrow={isNarrow} />
      {grouped.map((group, index) => (
        <div key={group[0]?.path} className="flex flex-col gap-1">
          {index > 0 && <hr className="my-2 border-grey-2" />}
          {group.map((page) => (
            <RailLink key={page.path} {...{ page, isNarrow }} />
          ))}
        </div>
      ))}
      <hr className="my-2 border-grey-2" />
      <a href={urlOf('docs').href} className={entryClass} {...(isNarrow ? { title: words.help } : {})}>
        <Icon name="docs" />
        <Name isHidden={isNarrow}>{words.help}</Name>
      </a>
      <button
        type="button"
        onClick={toggle}
        aria-expanded={!isNarrow}
        title={isNarrow ? words.expand : words.collapse}
        className={`${entryClass} mt-auto`}
      >
        <Icon name={isNarrow ? 'right' : 'left'} />
        <Name isHidden={isNarrow}>{words.collapse}</Name>
      </button>
    </nav>
  )
}

function RailLink({ page: { path, names, icon }, isNarrow }: { page: PageEntry; isNarrow: boolean }) {
  const name = names[useLanguage().language]
  return (
    <PathLink path={path} className={entryClass} {...(isNarrow ? { title: name } : {})}>
      <Icon name={icon} />
      <Name isHidden={isNarrow}>{name}</Name>
    </PathLink>
  )
}

const Name = ({ isHidden, children }: { isHidden: boolean; children: string }) => (
  <span className={isHidden ? 'sr-only' : 'truncate'}>{children}</span>
)

const Brand = ({ isNarrow }: { isNarrow: boolean }) => (
  <PathLink path="/" className="mb-3 flex h-9 items-center gap-3 rounded px-2 text-16 font-strong">
    <img src="./icon.svg" alt="" width="20" height="20" />
    <Name isHidden={isNarrow}>Watchword</Name>
  </PathLink>
)

/** As many fit beside each other on a phone, with the button for the rest. */
const barLength = 4

/** The pages at the bottom of a phone. */
export function BottomBar() {
  const words = useWords(shellWords)
  const { language } = useLanguage()
  const go = useGo()
  const rest = listed.slice(barLength)
  return (
    <nav
      aria-label={words.pages}
      className="fixed inset-x-0 bottom-0 z-20 flex border-t border-grey-2 bg-paper pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {listed.slice(0, barLength).map(({ path, names, shortNames = names, icon }) => (
        <PathLink key={path} path={path} className={barClass}>
          <BarEntry icon={icon} name={shortNames[language]} />
        </PathLink>
      ))}
      <Menu
        trigger={
          <button type="button" className={barClass}>
            <BarEntry icon="more" name={words.more} />
          </button>
        }
      >
        {rest.map(({ path, names, icon }) => (
          <MenuItem key={path} icon={icon} onSelect={() => go(path)}>
            {names[language]}
          </MenuItem>
        ))}
        <MenuItem icon="docs" onSelect={() => location.assign(urlOf('docs'))}>
          {words.help}
        </MenuItem>
      </Menu>
    </nav>
  )
}

const barClass =
  'flex min-w-0 flex-1 flex-col items-center gap-0.5 px-1 py-2 text-12 text-grey-3 -outline-offset-2 data-[status=active]:font-strong data-[status=active]:text-ink'

const BarEntry = ({ icon, name }: { icon: IconName; name: string }) => (
  <>
    <Icon name={icon} />
    <span className="max-w-full truncate">{name}</span>
  </>
)
