import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { releasePrefix, type StoppedPrefix, stoppedPrefixesQuery } from '../../api/abuse.ts'
import { failureOf } from '../../api/failure.ts'
import { useMay } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { Share, Time } from '../../components/figures.tsx'
import type { Column } from '../../components/table/column.ts'
import { Table } from '../../components/table/table.tsx'
import { useToast } from '../../components/toast.tsx'
import { useWords } from '../../language/language.tsx'
import { useChangeList } from './use-change-list.ts'
import { words as abuseWords } from './words.ts'

/** The prefixes that nothing is sent to for an hour, each with the two answers to it. */
export function StoppedPrefixes({ projectId }: { projectId: string }) {
  const words = useWords(abuseWords)
  const mayChange = useMay('change')
  const { data: stopped, error, refetch } = useQuery(stoppedPrefixesQuery(projectId))
  const columns = useMemo((): Column<StoppedPrefix>[] => {
    const answers: Column<StoppedPrefix> = {
      id: 'answers',
      head: words.answer,
      value: () => null,
      cell: ({ prefix }) => <Answers {...{ projectId, prefix }} />,
      isUnsortable: true,
    }
    return [
      {
        id: 'prefix',
        head: words.prefix,
        value: ({ prefix }) => prefix,
        cell: ({ prefix }) => <span className="font-mono font-strong">{prefix}</span>,
      },
      { id: 'reason', head: words.reason, value: ({ reason }) => words.reasons[reason], isSecondary: true },
      { id: 'sends', head: words.sends, value: ({ sends }) => sends, isNumber: true },
      {
        id: 'verified',
        head: words.verified,
        value: ({ verified }) => verified,
        cell: ({ verified, sends }) => <Share part={verified} whole={sends} />,
        isNumber: true,
        isSecondary: true,
      },
      {
        id: 'until',
        head: words.until,
        value: ({ until }) => until,
        cell: ({ until }) => <Time at={until} />,
        isSecondary: true,
      },
      ...(mayChange ? [answers] : []),
    ]
  }, [words, mayChange, projectId])
  return (
    <Table
      label={words.prefixes}
      columns={columns}
      rows={stopped}
      keyOf={({ prefix }) => prefix}
      failure={error}
      onRetry={() => void refetch()}
      exportName="stopped-prefixes"
      empty={<p className="text-grey-3">{words.noPrefixes}</p>}
    />
  )
}

function Answers({ projectId, prefix }: { projectId: string; prefix: string }) {
  const words = useWords(abuseWords)
  const say = useToast()
  const client = useQueryClient()
  const { change, isBusy } = useChangeList(projectId, 'deny')
  const { mutate, isPending } = useMutation({
    mutationFn: () => releasePrefix(projectId, prefix),
    onSuccess: () => {
      say(words.released(prefix))
      return client.invalidateQueries({ queryKey: ['stopped-prefixes', projectId] })
    },
    onError: (error) => say(failureOf(error).message, 'bad'),
  })
  const deny = () =>
    change({ add: prefix }, words.denied(prefix)).catch((error: unknown) =>
      say(failureOf(error).message, 'bad'),
    )
  return (
    <span className="flex flex-wrap gap-2">
      <Button
        size="small"
        isBusy={isPending}
        onClick={() => mutate()}
        aria-label={`${words.release} ${prefix}`}
      >
        {words.release}
      </Button>
      <Button size="small" isBusy={isBusy} onClick={() => void deny()} aria-label={`${words.deny} ${prefix}`}>
        {words.deny}
      </Button>
    </span>
  )
}
