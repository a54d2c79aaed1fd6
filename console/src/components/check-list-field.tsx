import { CheckField } from './field.tsx'

/** Any of a few. The value of the field holds the chosen ones with commas between them. */
export function CheckListField({
  label,
  name,
  value,
  onChange,
  options,
  hint,
  mistake = null,
}: {
  label: string
  name: string
  value: string
  onChange: (value: string) => void
  options: readonly { value: string; label: string }[]
  hint?: string
  mistake?: string | null
}) {
  const chosen = value === '' ? [] : value.split(',')
  const choose = (one: string, isChosen: boolean) =>
    onChange(
      options
        .map((option) => option.value)
        .filter((option) => (option === one ? isChosen : chosen.includes(option)))
        .join(','),
    )
  return (
    <fieldset>
      <legend className="mb-1 text-14 font-strong">{label}</legend>
      {hint !== undefined && <p className="mb-2 text-12 text-grey-3">{hint}</p>}
      <div className="grid gap-2 md:grid-cols-2">
        {options.map((option) => (
          <CheckField
            key={option.value}
            name={name}
            label={option.label}
            value={chosen.includes(option.value)}
            onChange={(isChosen) => choose(option.value, isChosen)}
          />
        ))}
      </div>
      {mistake !== null && (
        <p role="alert" className="mt-1 text-12 text-bad">
          {mistake}
        </p>
      )}
    </fieldset>
  )
}
