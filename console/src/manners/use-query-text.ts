import { useRouter, useSearch } from '@tanstack/react-router'

/**
 * A text in the query of the URL, where filters, sorting and choices live: they survive a reload, can be shared, and go
 * back with the page. An empty text is taken out.
 */
export function useQueryText(name: string): [value: string, set: (value: string) => void] {
  const query: Record<string, string | undefined> = useSearch({ strict: false })
  const router = useRouter()
  const set = (value: string) =>
    void router.navigate({
      to: '.',
      search: ((before: object) => ({ ...before, [name]: value === '' ? undefined : value })) as never,
      replace: true,
      resetScroll: false,
    })
  return [query[name] ?? '', set]
}

/** The id of the project that the reader has chosen; null for all. */
export const useProjectId = (): string | null => useQueryText('project')[0] || null
