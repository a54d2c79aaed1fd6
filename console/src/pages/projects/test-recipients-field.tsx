import { Button, IconButton } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { useWords } from '../../language/language.tsx'
import { words as projectWords } from './words.ts'

type Recipient = { address: string; code: string; until: string }

type TestRecipientsFieldProps = {
  label: string
  hint: string
  name: string
  value: string
  mistake: string | null
  onChange: (value: string) => void
}

/** Addresses of reviewers, each with its fixed code and an end. */
export function TestRecipientsField({
  label,
  hint,
  name,
  value,
  mistake,
  onChange,
}: TestRecipientsFieldProps) {
  const words = useWords(projectWords)
  const recipients: Recipient[] = value === '' ? [] : JSON.parse(value)
  const change = (changed: Recipient[]) => onChange(JSON.stringify(changed))
  const set = (index: number, part: Partial<Recipient>) =>
    change(recipients.map((recipient, at) => (at === index ? { ...recipient, ...part } : recipient)))
  return (
    <fieldset>
      <legend className="text-14 font-strong">{label}</legend>
      <p className="mb-2 text-12 text-grey-3">{hint}</p>
      {recipients.map((recipient, index) => (
        <div
          // They have no identity but their place.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          key={index}
          className="mb-3 grid grid-cols-[minmax(0,1fr)_2.25rem] items-end gap-2 md:grid-cols-[minmax(0,1fr)_7rem_9.5rem_2.25rem]"
        >
          <div className="col-span-2 md:col-span-1">
            <TextField
              name={index === 0 ? name : `${name}.${index}`}
              label={words.address}
              value={recipient.address}
              onChange={(address) => set(index, { address })}
              autoComplete="off"
            />
          </div>
          <TextField
            name={`${name}.${index}.code`}
            label={words.fixedCode}
            value={recipient.code}
            onChange={(code) => set(index, { code })}
            isCode
            inputMode="numeric"
            autoComplete="off"
          />
          <div className="row-start-3 md:row-start-auto">
            <TextField
              name={`${name}.${index}.until`}
              label={words.until}
              type="date"
              value={recipient.until.slice(0, 10)}
              onChange={(until) => set(index, { until })}
            />
          </div>
          <IconButton
            icon="trash"
            label={words.removeRecipient(recipient.address)}
            onClick={() => change(recipients.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      {mistake !== null && (
        <p role="alert" className="mb-2 text-12 text-bad">
          {mistake}
        </p>
      )}
      <Button
        size="small"
        icon="plus"
        onClick={() => change([...recipients, { address: '', code: '', until: '' }])}
      >
        {words.addRecipient}
      </Button>
    </fieldset>
  )
}
