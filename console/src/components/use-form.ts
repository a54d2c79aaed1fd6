import { type FormEvent, useRef, useState } from 'react'
import { type Failure, failureOf } from '../api/failure.ts'

type Values = Record<string, string>
type Mistakes<Fields extends Values> = Partial<Record<keyof Fields, string>>

export type FormParts<Fields extends Values> = {
  initial: Fields
  /** What is wrong with a value, or null. */
  rules?: { [Name in keyof Fields]?: (value: string, fields: Fields) => string | null }
  submit: (fields: Fields) => Promise<unknown>
}

/**
 * A form: validates a field as one leaves it, keeps what was typed, and says all mistakes at once, the server's as well.
 * After a submit with mistakes the first of them has the focus.
 */
export function useForm<Fields extends Values>({ initial, rules = {}, submit }: FormParts<Fields>) {
  const [fields, setFields] = useState(initial)
  const [mistakes, setMistakes] = useState<Mistakes<Fields>>({})
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)

  const validate = (name: keyof Fields): string | null => rules[name]?.(fields[name] ?? '', fields) ?? null

  const show = (found: Mistakes<Fields>) => {
    setMistakes(found)
    const [first] = Object.keys(found)
    if (first !== undefined) form.current?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus()
  }

  const onSubmit = async (event: FormEvent) => {
    event.preventDefault()
    const found = Object.keys(fields).flatMap((name) => {
      const mistake = validate(name)
      return mistake === null ? [] : [[name, mistake] as const]
    })
    setFailure(null)
    if (found.length > 0) return show(Object.fromEntries(found) as Mistakes<Fields>)
    setIsBusy(true)
    try {
      await submit(fields)
    } catch (error) {
      const { known, rest } = splitFailure(failureOf(error), fields)
      show(known)
      setFailure(rest)
    } finally {
      setIsBusy(false)
    }
  }

  return {
    fields,
    isBusy,
    /** What went wrong that belongs to no field. */
    failure,
    setField: (name: keyof Fields, value: string) => setFields((before) => ({ ...before, [name]: value })),
    formProps: { ref: form, onSubmit: (event: FormEvent) => void onSubmit(event), noValidate: true },
    /** The properties of the field of a name. */
    fieldProps: (name: keyof Fields & string) => ({
      name,
      value: fields[name] ?? '',
      mistake: mistakes[name] ?? null,
      onChange(value: string) {
        setFields((before) => ({ ...before, [name]: value }))
        // What is being mended is not complained about.
        setMistakes(({ [name]: _, ...others }) => others as Mistakes<Fields>)
      },
      onBlur() {
        const mistake = fields[name] === initial[name] ? null : validate(name)
        setMistakes(
          ({ [name]: _, ...others }) =>
            (mistake === null ? others : { ...others, [name]: mistake }) as Mistakes<Fields>,
        )
      },
    }),
  }
}

/** The mistakes that belong to fields of the form; the failure itself if it is about something else. */
function splitFailure<Fields extends Values>(failure: Failure, fields: Fields) {
  const known = Object.entries(failure.fields).filter(([name]) => Object.hasOwn(fields, name))
  return { known: Object.fromEntries(known) as Mistakes<Fields>, rest: known.length > 0 ? null : failure }
}
