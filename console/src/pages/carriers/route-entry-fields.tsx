import { IconButton } from '../../components/button.tsx'
import { SelectField, TextField } from '../../components/field.tsx'
import { useWords } from '../../language/language.tsx'
import { words as carrierWords } from './words.ts'

export type EditedEntry = { key: number; carrier: string; to: string; weight: string }

type RouteEntryFieldsProps = {
  entry: EditedEntry
  names: readonly string[]
  place: number
  onChange: (part: Partial<EditedEntry>) => void
  onUp: (() => void) | null
  onRemove: () => void
}

/** One carrier of a route: which, for which countries, and its share. */
export function RouteEntryFields({ entry, names, place, onChange, onUp, onRemove }: RouteEntryFieldsProps) {
  const words = useWords(carrierWords)
  const known = names.includes(entry.carrier) ? names : [entry.carrier, ...names]
  return (
    <fieldset className="grid grid-cols-2 items-end gap-2 md:grid-cols-[minmax(0,14rem)_minmax(0,1fr)_7rem_max-content]">
      <legend className="sr-only">{words.place(place)}</legend>
      <div className="col-span-2 md:col-span-1">
        <SelectField
          label={words.carrier}
          value={entry.carrier}
          onChange={(carrier) => onChange({ carrier })}
          options={known.map((value) => ({ value, label: value }))}
        />
      </div>
      <div className="col-span-2 md:col-span-1">
        <TextField
          label={words.destinations}
          value={entry.to}
          onChange={(to) => onChange({ to })}
          placeholder={words.everywhere}
          isCode
          autoComplete="off"
        />
      </div>
      <TextField
        label={words.weight}
        value={entry.weight}
        onChange={(weight) => onChange({ weight })}
        isCode
        inputMode="numeric"
        autoComplete="off"
      />
      <div className="flex justify-end">
        <IconButton icon="up" label={words.up} disabled={onUp === null} onClick={() => onUp?.()} />
        <IconButton icon="trash" label={words.removeEntry} onClick={onRemove} />
      </div>
    </fieldset>
  )
}
