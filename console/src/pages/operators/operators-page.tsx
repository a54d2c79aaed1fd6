import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { type ListedOperator, operatorsQuery } from '../../api/operators.ts'
import { useMay } from '../../api/session.ts'
import { buttonClass } from '../../components/button.tsx'
import { Time } from '../../components/figures.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { Page } from '../../components/page.tsx'
import { PathLink } from '../../components/path-link.tsx'
import type { Column } from '../../components/table/column.ts'
import { Table } from '../../components/table/table.tsx'
import { useWords } from '../../language/language.tsx'
import { words as operatorWords } from './words.ts'

/** Who runs the server, and who may do what. */
export function OperatorsPage() {
  const words = useWords(operatorWords)
  const { data, error, refetch } = useQuery(operatorsQuery)
  const columns = useColumns()
  const mayInvite = useMay('own')
  return (
    <Page
      title={words.title}
      sentence={words.sentence}
      action={
        mayInvite && (
          <PathLink path="/operators/new" className={buttonClass('primary')}>
            {words.invite}
          </PathLink>
        )
      }
    >
      <Table
        label={words.title}
        columns={columns}
        rows={data}
        failure={data === undefined ? error : null}
        onRetry={() => void refetch()}
        keyOf={({ id }) => id}
        pathOf={({ id }) => `/operators/${id}`}
        exportName="operators"
        empty={null}
      />
      <Outlet />
    </Page>
  )
}

/** Whether somebody needs more than a mailbox to sign in as the operator. */
export const hasSecondFactor = ({ secondFactor }: Pick<ListedOperator, 'secondFactor'>): boolean =>
  secondFactor.totp || secondFactor.passkeys > 0

function useColumns(): Column<ListedOperator>[] {
  const words = useWords(operatorWords)
  return [
    { id: 'email', head: words.email, value: ({ email }) => email },
    { id: 'role', head: words.role, value: ({ role }) => words.roles[role] },
    {
      id: 'factor',
      head: words.secondFactor,
      value: (operator) => (hasSecondFactor(operator) ? words.has : words.hasNone),
      cell: (operator) => (
        <Meaning kind={hasSecondFactor(operator) ? 'good' : 'warn'}>
          {hasSecondFactor(operator) ? words.has : words.hasNone}
        </Meaning>
      ),
    },
    { id: 'name', head: words.name, value: ({ name }) => name, isSecondary: true },
    {
      id: 'projects',
      head: words.projects,
      value: ({ projects }) => (projects === null ? words.allProjects : projects.length),
      isSecondary: true,
    },
    {
      id: 'seen',
      head: words.lastSeen,
      value: ({ lastSeenAt }) => lastSeenAt,
      cell: ({ lastSeenAt }) => (lastSeenAt === null ? words.never : <Time at={lastSeenAt} />),
      isSecondary: true,
    },
    {
      id: 'sessions',
      head: words.sessions,
      value: ({ sessions }) => sessions,
      isNumber: true,
      isSecondary: true,
    },
  ]
}
