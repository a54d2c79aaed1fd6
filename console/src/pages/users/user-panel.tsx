import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useMay } from '../../api/session.ts'
import { eraseUser, nameOf, type User, userQuery } from '../../api/users.ts'
import { Button } from '../../components/button.tsx'
import { ConfirmForm } from '../../components/confirm-by-name.tsx'
import { Copyable } from '../../components/copy-button.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { Section } from '../../components/page.tsx'
import { PathLink, useGo } from '../../components/path-link.tsx'
import { SidePanel } from '../../components/side-panel.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { useToast } from '../../components/toast.tsx'
import { useProject } from '../../components/with-project.tsx'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { AddressForm } from './address-form.tsx'
import { Sessions } from './sessions.tsx'
import { Standing } from './standing.tsx'
import { useRefreshUsers } from './use-refresh-users.ts'
import { words as usersWords } from './words.ts'

/** One user over the list: addresses, sessions, codes, erasure. */
export function UserPanel() {
  const words = useWords(usersWords)
  const go = useGo()
  const { userId = '' } = useParams({ strict: false }) as Record<string, string>
  const projectId = useProject()?.projectId ?? ''
  const {
    data: user,
    error,
    refetch,
  } = useQuery({ ...userQuery(projectId, userId), enabled: projectId !== '' })
  const close = () => go('/users', 'kept')
  return (
    <SidePanel
      title={user === undefined ? words.user : (nameOf(user) ?? user.email ?? user.phone ?? userId)}
      {...(user === undefined ? {} : { sentence: <Sentence user={user} /> })}
      onClose={close}
    >
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : user === undefined ? (
        <Skeleton />
      ) : (
        <Details key={user.userId} {...{ projectId, user, close }} />
      )}
    </SidePanel>
  )
}

function Sentence({ user: { type, isActive, userId } }: { user: User }) {
  const words = useWords(usersWords)
  return (
    <span className="flex flex-wrap items-center gap-x-3">
      <Meaning kind={isActive ? 'good' : 'neutral'}>{isActive ? words.active : words.disabled}</Meaning>
      {words.types[type]}
      <Copyable text={String(userId)} />
    </span>
  )
}

function Details({ projectId, user, close }: { projectId: string; user: User; close: () => void }) {
  const words = useWords(usersWords)
  const mayChange = useMay('change')
  return (
    <>
      <Section title={words.addresses}>
        {mayChange ? (
          <AddressForm key={`${user.email} ${user.phone}`} {...{ projectId, user }} />
        ) : (
          <Addresses user={user} />
        )}
      </Section>
      <Section title={words.sessions}>
        <Sessions {...{ projectId, user, mayChange }} />
      </Section>
      <Section title={words.codes}>
        <Codes user={user} />
      </Section>
      {mayChange ? (
        <>
          <Standing {...{ projectId, user }} />
          <Erasure {...{ projectId, user, close }} />
        </>
      ) : (
        <p className="mt-8 text-12 text-grey-3">{words.viewerHint}</p>
      )}
    </>
  )
}

function Addresses({ user: { email, isEmailVerified, phone, isPhoneVerified } }: { user: User }) {
  const words = useWords(usersWords)
  const shown: [string, string | null, boolean][] = [
    [words.email, email, isEmailVerified],
    [words.phone, phone, isPhoneVerified],
  ]
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-6 gap-y-1 [&_dt]:text-grey-3">
      {shown.map(([label, address, isProven]) => (
        <div key={label} className="contents">
          <dt>{label}</dt>
          <dd>
            {address === null ? (
              '–'
            ) : (
              <Address text={address}>{isProven ? words.proven : words.claimed}</Address>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

const Address = ({ text, children }: { text: string; children: ReactNode }) => (
  <>
    <Copyable text={text} /> <span className="text-grey-3">{children}</span>
  </>
)

function Codes({ user: { email, phone } }: { user: User }) {
  const words = useWords(usersWords)
  return (
    <ul className="space-y-1">
      {[email, phone].map(
        (address) =>
          address !== null && (
            <li key={address}>
              <PathLink path="/verifications" query={{ search: address }} className="text-accent underline">
                {words.codesOf(address)}
              </PathLink>
            </li>
          ),
      )}
    </ul>
  )
}

function Erasure({ projectId, user, close }: { projectId: string; user: User; close: () => void }) {
  const words = useWords(usersWords)
  const formats = useFormats()
  const say = useToast()
  const refresh = useRefreshUsers(projectId)
  const [isAsking, setIsAsking] = useState(false)
  const erase = async () => {
    const { accounts, challenges } = await eraseUser(projectId, user.userId)
    close()
    say(words.erased(formats.number(accounts), formats.number(challenges)))
    await refresh()
  }
  return (
    <Section title={words.erase}>
      <p className="mb-4 max-w-[72ch] text-grey-3">{words.eraseSentence}</p>
      {isAsking ? (
        <ConfirmForm
          name={nameOf(user) ?? user.email ?? user.phone ?? String(user.userId)}
          verb={words.eraseVerb}
          onConfirm={erase}
          onClose={() => setIsAsking(false)}
        />
      ) : (
        <Button look="danger" icon="trash" onClick={() => setIsAsking(true)}>
          {words.eraseBegin}
        </Button>
      )}
    </Section>
  )
}
