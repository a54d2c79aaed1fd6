import { useQueryClient } from '@tanstack/react-query'
import { type Carrier, carrierPath } from '../../api/carriers.ts'
import type { CarrierKind, Schema } from '../../api/catalogue.ts'
import { Failure } from '../../api/failure.ts'
import { request } from '../../api/request.ts'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { FormEnd } from '../../components/form-end.tsx'
import { useGo } from '../../components/path-link.tsx'
import { useToast } from '../../components/toast.tsx'
import { useForm } from '../../components/use-form.ts'
import { useWords } from '../../language/language.tsx'
import { CarrierSettingField } from './carrier-setting-field.tsx'
import { fieldsOfKind, readSettings } from './carrier-settings.ts'
import { words as carrierWords } from './words.ts'

type CarrierFormProps = { kind: CarrierKind; carrier: Carrier | null }

/** The settings of a carrier, as its kind describes them. */
export function CarrierForm({ kind, carrier }: CarrierFormProps) {
  const words = useWords(carrierWords)
  const client = useQueryClient()
  const go = useGo()
  const say = useToast()
  const isNeeded = (name: string, { default: standard }: Schema) =>
    kind.required.includes(name) && standard === undefined
  const rules = Object.fromEntries(
    Object.entries(kind.settings)
      .filter(([name, schema]) => isNeeded(name, schema))
      .map(([name]) => [name, (value: string) => (value.trim() === '' ? words.needed : null)]),
  )
  const initial: Record<string, string> = {
    carrierName: carrier?.name ?? '',
    ...fieldsOfKind(kind, carrier?.settings ?? {}),
  }
  const form = useForm({
    initial,
    rules: {
      carrierName: (value: string) => (/^[a-z][a-z0-9-]{0,39}$/.test(value.trim()) ? null : words.nameWrong),
      ...rules,
    },
    async submit({ carrierName = '', ...fields }) {
      const name = carrierName.trim()
      const body = { kind: kind.kind, settings: readSettings(kind, fields) }
      await request(carrierPath(name), { method: 'PUT', body }).catch(nameMistakes(name))
      await client.invalidateQueries({ queryKey: ['carriers'] })
      say(words.stored(name))
      go(`/carriers/${encodeURIComponent(name)}`, {})
    },
  })
  return (
    <form {...form.formProps} className="space-y-4">
      {carrier === null && (
        <TextField
          label={words.name}
          hint={words.nameHint}
          isCode
          autoComplete="off"
          {...form.fieldProps('carrierName')}
        />
      )}
      {Object.entries(kind.settings).map(([name, schema]) => (
        <CarrierSettingField
          key={name}
          label={name}
          schema={schema}
          isOptional={!isNeeded(name, schema)}
          present={carrier?.settings?.[name]}
          {...form.fieldProps(name)}
        />
      ))}
      <FormEnd failure={form.failure}>
        <Button look="primary" type="submit" isBusy={form.isBusy}>
          {carrier === null ? words.add : words.saveCarrier}
        </Button>
      </FormEnd>
    </form>
  )
}

/** The server begins each mistake with the name of the carrier: `orange.clientId: read nothing, expected …`. */
const nameMistakes =
  (name: string) =>
  (error: unknown): never => {
    if (!(error instanceof Failure) || error.kind !== 'invalid') throw error
    const parts = error.message.split(`${name}.`).filter((part) => part !== '')
    const fields = parts.flatMap((part) => {
      const [, field, what] = /^([A-Za-z]+)[A-Za-z.]*: ([\s\S]+)$/.exec(part.trim()) ?? []
      return field === undefined || what === undefined ? [] : [[field, what] as const]
    })
    throw new Failure('invalid', error.message, { fields: Object.fromEntries(fields) })
  }
