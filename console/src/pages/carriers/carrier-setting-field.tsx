import type { ReactNode } from 'react'
import type { Schema } from '../../api/catalogue.ts'
import { CheckField, SelectField, TextAreaField, TextField } from '../../components/field.tsx'
import { useWords } from '../../language/language.tsx'
import { PartsField } from './parts-field.tsx'
import { words as carrierWords } from './words.ts'

export type CarrierSettingFieldProps = {
  label: string
  schema: Schema
  isOptional: boolean
  /** What is stored; of a secret the last four characters. */
  present: unknown
  name: string
  value: string
  mistake: string | null
  onChange: (value: string) => void
  onBlur: () => void
}

/** One setting of a carrier, in the words of its kind. */
export function CarrierSettingField({ schema, present, ...field }: CarrierSettingFieldProps) {
  const hint = <Hint {...{ schema, present }} />
  if (schema.type === 'boolean')
    return (
      <div>
        <CheckField
          label={<span className="font-mono">{field.label}</span>}
          name={field.name}
          value={field.value === 'true'}
          onChange={(isChosen) => field.onChange(String(isChosen))}
        />
        <p className="mt-1 ml-6 text-12 text-grey-3">{hint}</p>
      </div>
    )
  if (schema.enum !== undefined) return <ChoiceField {...{ ...field, hint }} options={schema.enum} />
  if (schema.type === 'object') return <PartsField {...{ ...field, hint, schema }} />
  // A certificate or a key has many lines, and a field of one would join them.
  if (/PEM|JSON/.test(schema.expected ?? '')) return <TextAreaField {...field} hint={hint} isCode rows={4} />
  return (
    <TextField
      {...field}
      hint={hint}
      isCode
      isConcealed={schema.secret === true}
      autoComplete="off"
      spellCheck={false}
    />
  )
}

type ChoiceFieldProps = Omit<CarrierSettingFieldProps, 'schema' | 'present'> & {
  hint: ReactNode
  options: readonly string[]
}

function ChoiceField({ options, ...field }: ChoiceFieldProps) {
  const words = useWords(carrierWords)
  const shown = options.map((value) => ({ value, label: value }))
  return (
    <SelectField
      {...field}
      options={field.value === '' ? [{ value: '', label: words.notSet }, ...shown] : shown}
    />
  )
}

/** What the setting is for, what is accepted, and what stands there now. */
function Hint({ schema, present }: { schema: Schema; present: unknown }) {
  const words = useWords(carrierWords)
  const { description = '', expected = '', secret } = schema
  return (
    <>
      <span lang="en">{`${description} ${expected === '' ? '' : `${words.takes} ${expected}.`}`}</span>
      {secret === true && typeof present === 'string' && <span> {words.storedSecret(present)}</span>}
    </>
  )
}
