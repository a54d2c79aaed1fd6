import { Outlet } from '@tanstack/react-router'
import { useState } from 'react'
import { useWords } from '../language/language.tsx'
import { ArrivalContext } from '../manners/use-arrival.ts'
import { useShortcut } from '../manners/use-shortcut.ts'
import { CommandPalette } from './command-palette.tsx'
import { Head } from './head.tsx'
import { BottomBar, Rail } from './rail.tsx'
import { shellWords } from './shell-words.ts'

/** The frame around every page: rail, head, content. */
export function Shell() {
  const words = useWords(shellWords)
  const [isPaletteOpen, setIsPaletteOpen] = useState(false)
  useShortcut('mod+k', () => setIsPaletteOpen((isOpen) => !isOpen))
  const [arrival] = useState(() => ({ hasShownPage: false }))
  return (
    <div className="flex min-h-dvh">
      <button
        type="button"
        onClick={() => document.getElementById('page-title')?.focus()}
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded focus:bg-paper focus:px-4 focus:py-2 focus:shadow-float"
      >
        {words.skip}
      </button>
      <Rail />
      <div className="flex min-w-0 flex-1 flex-col">
        <Head onPalette={() => setIsPaletteOpen(true)} />
        <main className="flex-1">
          <ArrivalContext value={arrival}>
            <Outlet />
          </ArrivalContext>
        </main>
      </div>
      <BottomBar />
      {isPaletteOpen && <CommandPalette onClose={() => setIsPaletteOpen(false)} />}
    </div>
  )
}
