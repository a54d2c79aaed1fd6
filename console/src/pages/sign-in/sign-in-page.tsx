import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { isDevelopment } from '../../api/mode.ts'
import { isSignedIn, type Session, sessionQuery } from '../../api/session.ts'
import { signInWaysQuery } from '../../api/sign-in.ts'
import { buttonClass } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { PathLink, useGo } from '../../components/path-link.tsx'
import { ErrorState, Skeleton } from '../../components/states.tsx'
import { useWords } from '../../language/language.tsx'
import { useQueryText } from '../../manners/use-query-text.ts'
import { CodeSignIn } from './code-sign-in.tsx'
import { LinkSignIn } from './link-sign-in.tsx'
import { readFragment } from './read-fragment.ts'
import { SecondStep } from './second-step.tsx'
import { SignInFrame } from './sign-in-frame.tsx'
import { words as signInWords } from './words.ts'

/** Signs an operator in: by the link that the server printed, or by a code, and then by the second factor if there is one. */
export function SignInPage() {
  const words = useWords(signInWords)
  const [{ token, error }, setFragment] = useState(readFragment)
  const { data: session } = useQuery(sessionQuery)
  const accept = useAccept(session)
  useEffect(() => {
    document.title = `${words.title} · Watchword`
  }, [words])

  if (token !== null)
    return (
      <LinkSignIn
        token={token}
        onSession={accept}
        onSpent={() => setFragment({ token: null, error: 'spent' })}
      />
    )
  if (session?.state === 'second-factor')
    return <SecondStep session={session} onSession={accept} onEnd={() => accept(null)} />
  return <FirstStep notice={noticeOf(error, words)} onSession={accept} />
}

const noticeOf = (
  error: string | null,
  words: { linkSpent: string; providerRefused: string },
): string | null => (error === null ? null : error === 'spent' ? words.linkSpent : words.providerRefused)

type FirstStepProps = { notice: string | null; onSession: (session: Session) => void }

function FirstStep({ notice, onSession }: FirstStepProps) {
  const words = useWords(signInWords)
  const { data: ways, error, refetch } = useQuery(signInWaysQuery)
  const frame = (children: ReactNode) => (
    <SignInFrame title={words.title} notice={notice}>
      {children}
    </SignInFrame>
  )
  if (error !== null) return frame(<ErrorState error={error} onRetry={() => void refetch()} />)
  if (ways === undefined) return frame(<Skeleton lines={3} />)
  if (ways === null) return frame(<NoOperators />)
  return <CodeSignIn ways={ways} notice={notice} onSession={onSession} />
}

const inviteCommand = 'watchword operators invite you@example.com --role owner'

/** How the first operator comes to be; development can be looked at without one. */
function NoOperators() {
  const words = useWords(signInWords)
  return (
    <>
      <p className="text-grey-3">{words.unavailable}</p>
      <pre className="mt-3 mb-3 rounded bg-grey-1 p-3 text-12 whitespace-pre-wrap">{inviteCommand}</pre>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={inviteCommand} />
        {isDevelopment && (
          <PathLink path="/" className={buttonClass('quiet', 'small')}>
            {words.lookAround}
          </PathLink>
        )}
      </div>
    </>
  )
}

/** Keeps what a step answered; a session that opens the console leads to where the reader wanted to go. */
function useAccept(session: Session | null | undefined) {
  const client = useQueryClient()
  const go = useGo()
  const [wanted] = useQueryText('return')
  useEffect(() => {
    if (!isSignedIn(session)) return
    const { pathname, searchParams } = placeOf(wanted)
    go(pathname, Object.fromEntries(searchParams))
  }, [session, wanted, go])
  return useCallback(
    (next: Session | null) => {
      // An answer that is still on its way knows nothing of this one.
      void client.cancelQueries(sessionQuery)
      client.setQueryData(sessionQuery.queryKey, next)
    },
    [client],
  )
}

/** Only a place of the console: a link to this page must not lead elsewhere. */
const placeOf = (wanted: string): URL =>
  new URL(`http://console${/^\/(?![/\\])/.test(wanted) ? wanted : '/'}`)
