import { useState } from 'react'
import { TextField } from '../../components/field.tsx'
import { channelNames } from '../../language/channel-names.ts'
import { useWords } from '../../language/language.tsx'

type Plans = Partial<Record<string, { channel: string; afterSeconds: number }[]>>

const phoneChannels = ['sms', 'whatsapp', 'voice'] as const

type FallbacksFieldProps = {
  label: string
  hint: string
  name: string
  value: string
  mistake: string | null
  onChange: (value: string) => void
}

/** What follows a code that nobody verifies, for each channel: `sms 30, voice 60`, with the seconds after the send. */
export function FallbacksField({ label, hint, name, value, mistake, onChange }: FallbacksFieldProps) {
  const channels = useWords(channelNames)
  const [typed, setTyped] = useState(() => writePlans(value === '' ? {} : JSON.parse(value)))
  const change = (channel: string, text: string) => {
    const changed = { ...typed, [channel]: text }
    setTyped(changed)
    onChange(JSON.stringify(readPlans(changed)))
  }
  return (
    <fieldset>
      <legend className="text-14 font-strong">{label}</legend>
      <p className="mb-2 text-12 text-grey-3">{hint}</p>
      <div className="grid gap-3 md:grid-cols-3">
        {phoneChannels.map((channel, index) => (
          <TextField
            key={channel}
            name={index === 0 ? name : `${name}.${channel}`}
            label={channels[channel]}
            value={typed[channel] ?? ''}
            onChange={(text) => change(channel, text)}
            isCode
            autoComplete="off"
            mistake={index === 0 ? mistake : null}
          />
        ))}
      </div>
    </fieldset>
  )
}

const writePlans = (plans: Plans): Record<string, string> =>
  Object.fromEntries(
    Object.entries(plans).map(([channel, steps = []]) => [
      channel,
      steps.map((step) => `${step.channel} ${step.afterSeconds}`).join(', '),
    ]),
  )

/** What is no step is sent as it is, and the server says what is wrong. */
const readPlans = (typed: Record<string, string>): Record<string, unknown[]> =>
  Object.fromEntries(
    Object.entries(typed)
      .filter(([, text]) => text.trim() !== '')
      .map(([channel, text]) => [channel, text.split(',').map(readStep)]),
  )

function readStep(text: string): unknown {
  const [, channel, seconds] = /^\s*([a-z]+)[\s@]+(\d+)\s*$/.exec(text) ?? []
  return channel === undefined ? text.trim() : { channel, afterSeconds: Number(seconds) }
}
