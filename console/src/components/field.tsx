import { type ComponentProps, type ReactNode, useId } from 'react'
import { useWords } from '../language/language.tsx'
import { sharedWords } from '../language/shared-words.ts'

/** What every field has around its input. */
type FrameProps = {
  label: string
  /** What to enter, where the label does not say it all. */
  hint?: ReactNode
  mistake?: string | null
  isOptional?: boolean
}

const inputClass =
  'block w-full rounded border bg-paper px-3 text-14 outline-offset-0 disabled:bg-grey-1 disabled:text-grey-3'

const edgeClass = (mistake: string | null | undefined) => (mistake ? 'border-bad' : 'border-edge')

function Frame({
  label,
  hint,
  mistake,
  isOptional = false,
  children,
}: FrameProps & { children: (ids: { id: string; describedBy: string | undefined }) => ReactNode }) {
  const words = useWords(sharedWords)
  const id = useId()
  const describedBy = [hint && `${id}-hint`, mistake && `${id}-mistake`].filter(Boolean).join(' ')
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-14 font-strong">
        {label}
        {isOptional && <span className="font-regular text-grey-3"> · {words.optional}</span>}
      </label>
      {children({ id, describedBy: describedBy === '' ? undefined : describedBy })}
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-12 text-grey-3">
          {hint}
        </p>
      )}
      {mistake && (
        <p id={`${id}-mistake`} role="alert" className="mt-1 text-12 text-bad">
          {mistake}
        </p>
      )}
    </div>
  )
}

type Changing = { value: string; onChange: (value: string) => void }

export type TextFieldProps = FrameProps &
  Changing &
  Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'className'> & {
    isCode?: boolean
    /** Drawn as dots. Not a password of the reader's, so no browser offers to fill it in or to keep it. */
    isConcealed?: boolean
  }

/** One line of text. */
export function TextField({
  label,
  hint,
  mistake,
  isOptional,
  isCode,
  isConcealed,
  onChange,
  ...input
}: TextFieldProps) {
  return (
    <Frame {...{ label, hint, ...defined({ mistake, isOptional }) }}>
      {({ id, describedBy }) => (
        <input
          {...input}
          id={id}
          aria-describedby={describedBy}
          aria-invalid={mistake ? true : undefined}
          onChange={(event) => onChange(event.target.value)}
          className={`${inputClass} h-9 ${edgeClass(mistake)} ${isCode ? 'font-mono tabular-nums' : ''} ${isConcealed ? 'concealed' : ''}`}
        />
      )}
    </Frame>
  )
}

export type TextAreaFieldProps = FrameProps &
  Changing &
  Omit<ComponentProps<'textarea'>, 'value' | 'onChange' | 'className'> & { isCode?: boolean }

/** Several lines of text. */
export function TextAreaField({
  label,
  hint,
  mistake,
  isOptional,
  isCode,
  onChange,
  ...input
}: TextAreaFieldProps) {
  return (
    <Frame {...{ label, hint, ...defined({ mistake, isOptional }) }}>
      {({ id, describedBy }) => (
        <textarea
          rows={6}
          {...input}
          id={id}
          aria-describedby={describedBy}
          aria-invalid={mistake ? true : undefined}
          onChange={(event) => onChange(event.target.value)}
          className={`${inputClass} py-2 ${edgeClass(mistake)} ${isCode ? 'font-mono' : ''}`}
        />
      )}
    </Frame>
  )
}

export type SelectFieldProps = FrameProps &
  Changing & { options: readonly { value: string; label: string }[] } & Omit<
    ComponentProps<'select'>,
    'value' | 'onChange' | 'className'
  >

/** One of a few. The browser's own list, which every keyboard and every phone knows. */
export function SelectField({
  label,
  hint,
  mistake,
  isOptional,
  options,
  onChange,
  ...input
}: SelectFieldProps) {
  return (
    <Frame {...{ label, hint, ...defined({ mistake, isOptional }) }}>
      {({ id, describedBy }) => (
        <select
          {...input}
          id={id}
          aria-describedby={describedBy}
          onChange={(event) => onChange(event.target.value)}
          className={`${inputClass} h-9 ${edgeClass(mistake)}`}
        >
          {options.map(({ value, label: words }) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Frame>
  )
}

export type CheckFieldProps = {
  label: ReactNode
  value: boolean
  onChange: (value: boolean) => void
  name: string
}

/** Yes or no. */
export function CheckField({ label, value, onChange, name }: CheckFieldProps) {
  return (
    <label className="flex items-start gap-2 text-14">
      <input
        type="checkbox"
        name={name}
        checked={value}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5 size-4 accent-accent"
      />
      <span>{label}</span>
    </label>
  )
}

/** Without the properties that are undefined: an optional property is absent, or it has a value. */
function defined<Properties extends object>(properties: Properties) {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Properties]?: Exclude<Properties[Name], undefined>
  }
}
