import { useQuery } from '@tanstack/react-query'
import { overviewQuery, readRange, startOf } from '../../api/overview.ts'
import { outcomes, type VerificationFilter } from '../../api/verifications.ts'
import type { Filter } from '../../components/filter-bar.tsx'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { verificationWords } from '../../language/verification-words.ts'
import { useQueryTexts } from '../../manners/use-query-texts.ts'

const filterNames = ['search', 'channel', 'outcome', 'country', 'carrier', 'range'] as const

/** What the URL asks for. Its range counts from a whole minute, so that the same question has the same name. */
export function useVerificationFilter(): VerificationFilter {
  const { range, ...filter } = useQueryTexts(filterNames)
  if (range === undefined) return filter
  const from = `${startOf(readRange(range)).slice(0, 16)}:00.000Z`
  return { ...filter, from }
}

/** The choices above the list. Countries and carriers are those of the last month. */
export function useFilters(projectId: string | null): Filter[] {
  const words = useWords(verificationWords)
  const formats = useFormats()
  const { data: overview } = useQuery({
    ...overviewQuery(projectId ?? '', { range: 'month' }),
    enabled: projectId !== null,
    refetchInterval: false,
  })
  const all = { value: '', label: words.all }
  const named = <Name extends string>(names: Record<Name, string>, order: readonly Name[]) =>
    order.map((value) => ({ value, label: names[value] }))
  const countries = (overview?.countries ?? []).flatMap(({ country }) => country ?? [])
  const carriers = (overview?.carriers ?? []).flatMap(({ carrier }) => carrier ?? [])
  return [
    {
      name: 'range',
      label: words.range,
      options: [all, ...named(words.ranges, ['hour', 'day', 'week', 'month'])],
    },
    { name: 'outcome', label: words.outcome, options: [all, ...named(words.outcomes, outcomes)] },
    {
      name: 'channel',
      label: words.channel,
      options: [all, ...named(words.channels, ['sms', 'whatsapp', 'voice', 'email'])],
    },
    {
      name: 'country',
      label: words.country,
      options: [all, ...countries.map((code) => ({ value: code, label: formats.country(code) }))],
    },
    {
      name: 'carrier',
      label: words.carrier,
      options: [all, ...carriers.map((name) => ({ value: name, label: name }))],
    },
  ]
}
