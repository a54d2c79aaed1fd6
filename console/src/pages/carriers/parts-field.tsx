import type { ReactNode } from 'react'
import type { Schema } from '../../api/catalogue.ts'
import { TextAreaField, TextField } from '../../components/field.tsx'

type PartsFieldProps = {
  label: string
  hint: ReactNode
  schema: Schema
  isOptional: boolean
  name: string
  value: string
  mistake: string | null
  onChange: (value: string) => void
}

/** A setting of several texts by name. A single text stands for all of them where the kind takes that as well. */
export function PartsField({ label, hint, schema, name, value, mistake, onChange }: PartsFieldProps) {
  const parts = Object.entries(schema.properties ?? {})
  const held = readParts(value)
  const isDeep = parts.some(([, part]) => part.properties !== undefined)
  if (held === null || isDeep || parts.length === 0)
    return (
      <TextAreaField
        {...{ label, hint, name, value, mistake, onChange }}
        isOptional
        isCode
        rows={3}
        placeholder={schema.example ?? ''}
      />
    )
  const change = (part: string, typed: string) => {
    const filled = Object.entries({ ...held, [part]: typed }).filter(([, text]) => text !== '')
    onChange(filled.length === 0 ? '' : JSON.stringify(Object.fromEntries(filled)))
  }
  return (
    <fieldset>
      <legend className="font-mono text-14 font-strong">{label}</legend>
      <p className="mb-2 text-12 text-grey-3">{hint}</p>
      <div className="grid gap-3 md:grid-cols-2">
        {parts.map(([part, { secret }], index) => (
          <TextField
            key={part}
            name={index === 0 ? name : `${name}.${part}`}
            label={part}
            value={held[part] ?? ''}
            onChange={(typed) => change(part, typed)}
            isCode
            autoComplete="off"
            isConcealed={secret === true}
            mistake={index === 0 ? mistake : null}
          />
        ))}
      </div>
    </fieldset>
  )
}

/** Null for a text that is not an object of texts. */
function readParts(value: string): Record<string, string> | null {
  if (value === '') return {}
  try {
    const read: unknown = JSON.parse(value)
    return typeof read === 'object' && read !== null ? (read as Record<string, string>) : null
  } catch {
    return null
  }
}
