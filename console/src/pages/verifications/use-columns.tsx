import { useMemo } from 'react'
import type { Project } from '../../api/projects.ts'
import type { Found } from '../../api/verifications.ts'
import { Time } from '../../components/figures.tsx'
import { Meaning } from '../../components/meaning.tsx'
import type { Column } from '../../components/table/column.ts'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { outcomeMeanings, verificationWords } from '../../language/verification-words.ts'
import { words as verificationsWords } from './words.ts'

/** The columns of the list. Several projects at once need their names. */
export function useColumns(projects: readonly Project[]): Column<Found>[] {
  const words = useWords(verificationsWords)
  const shared = useWords(verificationWords)
  const formats = useFormats()
  return useMemo(() => {
    const project: Column<Found> = {
      id: 'project',
      head: words.project,
      value: ({ projectId }) => projects.find((one) => one.projectId === projectId)?.name ?? projectId,
      isSecondary: true,
    }
    // Newest first is the one order that the server has.
    const columns: Column<Found>[] = [
      {
        id: 'address',
        head: words.address,
        value: ({ address }) => address ?? words.erased,
        cell: ({ address }) =>
          address === null ? words.erased : <span className="font-mono whitespace-nowrap">{address}</span>,
      },
      {
        id: 'outcome',
        head: shared.outcome,
        value: ({ outcome }) => shared.outcomes[outcome],
        cell: ({ outcome }) => <Meaning kind={outcomeMeanings[outcome]}>{shared.outcomes[outcome]}</Meaning>,
      },
      {
        id: 'requested',
        head: words.requested,
        value: ({ createdAt }) => createdAt,
        cell: ({ createdAt }) => <Time at={createdAt} />,
      },
      ...(projects.length > 1 ? [project] : []),
      {
        id: 'channel',
        head: shared.channel,
        value: ({ channel }) => shared.channels[channel],
        isSecondary: true,
      },
      { id: 'purpose', head: words.purpose, value: ({ purpose }) => purpose, isSecondary: true },
      { id: 'carrier', head: shared.carrier, value: ({ carrier }) => carrier, isSecondary: true },
      {
        id: 'country',
        head: shared.country,
        value: ({ country }) => country && formats.country(country),
        isSecondary: true,
      },
      {
        id: 'took',
        head: words.took,
        value: ({ secondsToVerify }) => secondsToVerify,
        cell: ({ secondsToVerify }) => (secondsToVerify === null ? '–' : formats.seconds(secondsToVerify)),
        isNumber: true,
        isSecondary: true,
      },
      { id: 'cost', head: words.cost, value: ({ cost }) => cost, isNumber: true, isSecondary: true },
    ]
    return columns.map((column) => ({ ...column, isUnsortable: true }))
  }, [projects, words, shared, formats])
}
