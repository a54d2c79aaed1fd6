import type { Terminal } from './terminal.ts'

/** How long work reports its progress. */
export type Progress = {
  /** `share` of all work from 0 to 1, or null if its end is not known. */
  update(share: number | null, text: string): void
  /** A line that stays, above the bar. */
  note(line: string): void
  /** Removes the bar. */
  end(): void
}

const drawMilliseconds = 80
const plainMilliseconds = 10_000
const barLength = 28

/** A bar for a person who watches; for a file or a pipe, a plain line now and then. */
export function createProgress(terminal: Terminal): Progress {
  return terminal.isWatched ? createBar(terminal) : createPlainLines(terminal)
}

function createBar({ paintNote, note, draw }: Terminal): Progress {
  let drawnAt = 0
  let last = ''
  const clear = (): void => {
    if (last !== '') draw('\r\u001b[K')
  }
  return {
    update(share, text) {
      const now = performance.now()
      if (now - drawnAt < drawMilliseconds && share !== 1) return
      drawnAt = now
      last = renderBar(share, text, paintNote)
      draw(`\r\u001b[K${last}`)
    },
    note(line) {
      clear()
      note(line)
      if (last !== '') draw(last)
    },
    end() {
      clear()
      last = ''
    },
  }
}

function renderBar(share: number | null, text: string, paintNote: Terminal['paintNote']): string {
  if (share === null) return text
  const done = Math.round(Math.min(1, share) * barLength)
  const bar = paintNote('cyan', '█'.repeat(done)) + paintNote('dim', '░'.repeat(barLength - done))
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${text}`
}

function createPlainLines({ note }: Terminal): Progress {
  let notedAt = performance.now()
  return {
    update(share, text) {
      const now = performance.now()
      if (now - notedAt < plainMilliseconds) return
      notedAt = now
      note(share === null ? text : `${Math.floor(share * 100)} %  ${text}`)
    },
    note,
    end() {},
  }
}
