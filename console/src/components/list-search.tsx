import { useEffect, useState } from 'react'
import { useQueryText } from '../manners/use-query-text.ts'
import { IconButton } from './button.tsx'

/** Searches a list when Enter is pressed: each search is one question to the server. What is searched for stands in the URL. */
export function ListSearch({ label, verb }: { label: string; verb: string }) {
  const [searched, search] = useQueryText('search')
  const [typed, setTyped] = useState(searched)
  useEffect(() => setTyped(searched), [searched])
  return (
    <form
      className="flex min-w-0 flex-1 gap-2 md:max-w-96"
      onSubmit={(event) => {
        event.preventDefault()
        search(typed.trim())
      }}
    >
      <input
        type="search"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          if (event.target.value === '') search('')
        }}
        placeholder={label}
        aria-label={label}
        autoComplete="off"
        spellCheck={false}
        className="h-9 min-w-0 flex-1 rounded border border-edge bg-paper px-3 text-ellipsis"
      />
      <IconButton type="submit" icon="search" label={verb} className="border border-edge" />
    </form>
  )
}
