import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { inboxQuery, matches } from '../../api/inbox.ts'
import { urlOf } from '../../api/request.ts'
import { type Trial, trialsQuery } from '../../api/trials.ts'
import { buttonClass } from '../../components/button.tsx'
import { SelectField, TextField } from '../../components/field.tsx'
import { Page } from '../../components/page.tsx'
import { PathLink } from '../../components/path-link.tsx'
import { Empty, ErrorState, Skeleton } from '../../components/states.tsx'
import { useFormats } from '../../language/formats.ts'
import { useWords } from '../../language/language.tsx'
import { readKept, writeKept } from '../../manners/kept.ts'
import { useQueryText } from '../../manners/use-query-text.ts'
import { examples } from './examples.ts'
import { fillBody } from './fill-body.ts'
import { Step } from './step.tsx'
import { words as playgroundWords } from './words.ts'

/** Sends and checks a code through any API of this server. */
export function PlaygroundPage() {
  const words = useWords(playgroundWords)
  const { data: trials, error, refetch } = useQuery(trialsQuery)
  const [name, setName] = useQueryText('api')
  const trial = trials?.find((one) => one.name === name) ?? trials?.[0]
  return (
    <Page title={words.title} sentence={words.sentence}>
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {error === null && trials === undefined && <Skeleton />}
      {trials !== undefined && trial === undefined && (
        <Empty
          icon="playground"
          title={words.nothingTitle}
          action={
            <a href={urlOf('docs').href} className={buttonClass('primary')}>
              {words.readGuide}
            </a>
          }
        >
          {words.nothing}
        </Empty>
      )}
      {trials !== undefined && trial !== undefined && (
        <Trying key={trial.name} trials={trials} trial={trial} onChoose={setName} />
      )}
    </Page>
  )
}

type TryingProps = { trials: Trial[]; trial: Trial; onChoose: (name: string) => void }

function Trying({ trials, trial, onChoose }: TryingProps) {
  const words = useWords(playgroundWords)
  const [to, setTo] = useState(trial.to)
  const [typedCode, setTypedCode] = useState<string | null>(null)
  const { language, setLanguage } = useExampleLanguage()
  const arrived = useArrived(to)
  const code = typedCode ?? arrived?.code ?? ''
  const shared = { headers: trial.headers, language, onLanguage: setLanguage }
  return (
    <>
      <div className="grid max-w-[44rem] gap-4 md:grid-cols-2">
        <SelectField
          label={words.api}
          name="api"
          value={trial.name}
          onChange={onChoose}
          options={trials.map(({ name }) => ({ value: name, label: name }))}
        />
        <TextField
          label={words.address}
          hint={words.addressHint(trial.projectId)}
          name="address"
          value={to}
          onChange={setTo}
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      <Step
        {...shared}
        title={words.sendTitle}
        verb={words.sendCode}
        url={urlOf(trial.send.path).href}
        filledBody={fillBody(trial.send, { [trial.to]: to })}
      />
      <Step
        {...shared}
        title={words.checkTitle}
        verb={words.checkCode}
        url={urlOf(trial.check.path).href}
        filledBody={fillBody(trial.check, { [trial.to]: to, [trial.code]: code === '' ? trial.code : code })}
        isReady={code !== ''}
        fields={<CodeField {...{ code, arrived, onChange: setTypedCode }} />}
      />
    </>
  )
}

type CodeFieldProps = {
  code: string
  arrived: ReturnType<typeof useArrived>
  onChange: (code: string | null) => void
}

function CodeField({ code, arrived, onChange }: CodeFieldProps) {
  const words = useWords(playgroundWords)
  const formats = useFormats()
  const hint =
    arrived === undefined ? (
      words.codeWaiting
    ) : (
      <>
        {words.codeArrived(formats.moment(new Date(arrived.createdAt)))}{' '}
        <PathLink path="/inbox" query={{ message: arrived.id }} className="text-accent underline">
          {words.openInbox}
        </PathLink>
      </>
    )
  return (
    <div className="max-w-64">
      <TextField
        label={words.code}
        hint={hint}
        name="code"
        isCode
        inputMode="numeric"
        autoComplete="one-time-code"
        value={code}
        onChange={(typed) => onChange(typed === '' ? null : typed)}
      />
    </div>
  )
}

/** The newest message with a code to an address that arrived since this page was opened. */
function useArrived(to: string) {
  const [openedAt] = useState(() => Date.now())
  const { data: messages = [] } = useQuery(inboxQuery(20))
  // The clock of the server and that of the browser may differ a little.
  const isNew = (createdAt: string) => Date.parse(createdAt) > openedAt - 60_000
  return messages.find((message) => message.code !== null && isNew(message.createdAt) && isTo(message, to))
}

const isTo = (message: Parameters<typeof matches>[0], to: string): boolean =>
  to.trim() !== '' && matches({ ...message, subject: null, text: '', code: null }, to)

/** The language of the examples, which is kept for the next time. */
function useExampleLanguage() {
  const [language, choose] = useState(() => {
    const kept = readKept('example')
    return examples.find(({ id }) => id === kept)?.id ?? 'curl'
  })
  const setLanguage = (chosen: string) => {
    writeKept('example', chosen)
    choose(chosen)
  }
  return { language, setLanguage }
}
