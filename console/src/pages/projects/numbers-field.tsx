import { TextField } from '../../components/field.tsx'
import { useWords } from '../../language/language.tsx'
import { words as projectWords } from './words.ts'

type NumbersFieldProps = {
  label: string
  hint: string
  names: readonly string[]
  name: string
  value: string
  mistake: string | null
  onChange: (value: string) => void
}

/** Whole numbers that belong together. Without any of them there is no limit. */
export function NumbersField({ label, hint, names, name, value, mistake, onChange }: NumbersFieldProps) {
  const words = useWords(projectWords)
  const parts: Readonly<Record<string, string>> = words.parts
  const held = readParts(value)
  const change = (part: string, typed: string) => {
    const changed = { ...held, [part]: /^\d+$/.test(typed.trim()) ? Number(typed) : typed.trim() }
    const isEmpty = names.every((one) => changed[one] === undefined || changed[one] === '')
    onChange(isEmpty ? '' : JSON.stringify(changed))
  }
  return (
    <fieldset>
      <legend className="text-14 font-strong">{label}</legend>
      <p className="mb-2 text-12 text-grey-3">{hint}</p>
      <div className="grid gap-3 md:grid-cols-2">
        {names.map((part, index) => (
          <TextField
            key={part}
            // The first of them takes the focus when the server complains about the setting.
            name={index === 0 ? name : `${name}.${part}`}
            label={parts[part] ?? part}
            value={String(held[part] ?? '')}
            onChange={(typed) => change(part, typed)}
            isCode
            inputMode="numeric"
            mistake={index === 0 ? mistake : null}
          />
        ))}
      </div>
    </fieldset>
  )
}

const readParts = (value: string): Record<string, number | string> => (value === '' ? {} : JSON.parse(value))
