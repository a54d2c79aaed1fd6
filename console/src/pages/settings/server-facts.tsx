import { useQuery } from '@tanstack/react-query'
import { isDevelopment } from '../../api/mode.ts'
import { urlOf } from '../../api/request.ts'
import { signInWaysQuery } from '../../api/sign-in.ts'
import { Copyable } from '../../components/copy-button.tsx'
import { Count } from '../../components/figures.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import type { ServerState, Waiting } from './server-state.ts'
import { words as settingsWords } from './words.ts'

/** Where the server is, how one signs in, and what waits in it. */
export function ServerFacts({ state: { waiting } }: { state: ServerState }) {
  const words = useWords(settingsWords)
  const { data: ways } = useQuery(signInWaysQuery)
  const signIn = [ways?.code === true ? words.byCode : null, ways?.openId?.name ?? null].filter(
    (way) => way !== null,
  )
  return (
    <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-6 gap-y-2 text-14 [&_dt]:text-grey-3">
      <dt>{words.address}</dt>
      <dd className="-ml-1">
        <Copyable text={urlOf('').href.replace(/\/$/, '')} />
      </dd>
      <dt>{words.mode}</dt>
      <dd>
        <Meaning kind={isDevelopment ? 'warn' : 'good'}>
          <span className="whitespace-normal">{isDevelopment ? words.development : words.production}</span>
        </Meaning>
      </dd>
      {signIn.length > 0 && (
        <>
          <dt>{words.signIn}</dt>
          <dd>{signIn.join(', ')}</dd>
        </>
      )}
      <dt>{words.messagesWaiting}</dt>
      <dd>
        <WaitingFor {...waiting.messages} />
      </dd>
      <dt>{words.webhooksWaiting}</dt>
      <dd>
        <WaitingFor {...waiting.webhooks} />
      </dd>
    </dl>
  )
}

function WaitingFor({ count, oldestSeconds }: Waiting) {
  const words = useWords(settingsWords)
  const formats = useFormats()
  return (
    <>
      <Count of={count} />
      {count > 0 && (
        <span className="text-grey-3">{` · ${words.oldest(formats.seconds(oldestSeconds))}`}</span>
      )}
    </>
  )
}
