import { useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'

/** Several texts of the query of the URL at once; those that are not there are left out. */
export function useQueryTexts<Name extends string>(names: readonly Name[]): Partial<Record<Name, string>> {
  const query: Record<string, string | undefined> = useSearch({ strict: false })
  const given = names.flatMap((name) => (query[name] ? [[name, query[name]] as const] : []))
  // The same texts are the same object, so that what is made of them is not made again with every rendering.
  const key = JSON.stringify(given)
  return useMemo(
    () => Object.fromEntries(JSON.parse(key) as [Name, string][]) as Partial<Record<Name, string>>,
    [key],
  )
}
