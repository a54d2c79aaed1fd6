import type { SettingNotes } from '../../api/catalogue.ts'
import { CheckField, SelectField, TextAreaField, TextField } from '../../components/field.tsx'
import { useFormats } from '../../language/formats.ts'
import { useLanguage, useWords } from '../../language/language.tsx'
import { FallbacksField } from './fallbacks-field.tsx'
import { NumbersField } from './numbers-field.tsx'
import { shapeOf, writeSetting } from './setting-shape.ts'
import { TestRecipientsField } from './test-recipients-field.tsx'
import { words as projectWords } from './words.ts'

export type SettingFieldProps = {
  setting: SettingNotes
  name: string
  value: string
  mistake: string | null
  onChange: (value: string) => void
  onBlur: () => void
}

/** One setting, edited as its shape asks for. */
export function SettingField({ setting, ...field }: SettingFieldProps) {
  const words = useWords(projectWords)
  const shape = shapeOf(setting)
  const nameOf = useChoiceNames(setting)
  const label = useLabel(setting)
  const hint = useHint(setting)
  switch (shape.kind) {
    case 'yes-or-no':
      return (
        <CheckField
          label={label}
          name={field.name}
          value={field.value === 'true'}
          onChange={(isChosen) => field.onChange(String(isChosen))}
        />
      )
    case 'choice':
      return (
        <SelectField
          {...{ label, hint, ...field }}
          options={shape.options.map((value) => ({ value, label: nameOf(value) }))}
        />
      )
    case 'number':
      return <TextField {...{ label, hint, ...field }} isCode inputMode="decimal" />
    case 'lengths':
      return <TextField {...{ label, hint: words.lengthsHint, ...field }} isCode />
    case 'lines':
      return (
        <TextAreaField
          {...{ label, hint, ...field }}
          isCode
          rows={Math.min(8, Math.max(2, field.value.split('\n').length))}
        />
      )
    case 'numbers':
      return <NumbersField {...{ label, hint, names: shape.names, ...field }} />
    case 'test-recipients':
      return <TestRecipientsField {...{ label, hint, ...field }} />
    case 'fallbacks':
      return <FallbacksField {...{ label, hint: words.fallbacksHint, ...field }} />
    case 'text':
      return <TextField {...{ label, hint, ...field }} />
  }
}

function useLabel({ name, description }: SettingNotes): string {
  const labels: Readonly<Record<string, string>> = useWords(projectWords).labels
  return labels[name] ?? description
}

/** What the choices of a setting are called: languages by their names, others by ours. */
function useChoiceNames({ name }: SettingNotes): (value: string) => string {
  const { choices } = useWords(projectWords)
  const formats = useFormats()
  return (value) => (name === 'locale' ? formats.language(value) : (choices[value] ?? value))
}

/** What an empty field means, and what it is without anybody's choice. */
function useHint(setting: SettingNotes): string {
  const words = useWords(projectWords)
  const { language } = useLanguage()
  const nameOf = useChoiceNames(setting)
  const standard = writeSetting(shapeOf(setting), setting.default)
  const hints: Readonly<Record<string, string>> = words.hints
  const special = hints[setting.name]
  if (special !== undefined) return special
  if (standard === '') return words.emptyByDefault
  if (shapeOf(setting).kind === 'choice') return words.byDefault(nameOf(standard))
  return shapeOf(setting).kind === 'numbers'
    ? words.emptyForNone
    : words.byDefault(displayed(standard, language))
}

const displayed = (text: string, language: string): string =>
  /^\d+$/.test(text) ? Number(text).toLocaleString(language === 'fr' ? 'fr-FR' : 'en-GB') : text
