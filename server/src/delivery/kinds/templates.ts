import Type from 'typebox'
import type { PurposeName } from '../../domain/purpose.ts'
import { type OutgoingMessage, refuse } from '../carrier.ts'
import { type CarrierKind, type SettingNotes, textByLocale } from './carrier-kind.ts'

/*
 * Some providers write the text themselves, from a template that they have approved. Their carriers all choose the
 * template of a message in the same way, which is here.
 */

/** What such a carrier answers to a notice: it can send codes only. */
export const codesOnly = refuse('for-good', 'This carrier sends codes only, in a template.')

type Templates = Partial<Readonly<Record<string, string>>>
type ByPurpose = Partial<Readonly<Record<PurposeName, Templates>>>

/** The templates of one purpose: by language, and a default for the others. */
const templatesOfPurpose = (template: TemplateNotes) =>
  textByLocale(
    {
      description: 'The templates of a purpose.',
      expected: 'default, a language, or both, each with a template',
      example: `{default: ${template.example}}`,
    },
    template,
    { more: ['default'] },
  )

type TemplateNotes = Omit<SettingNotes, 'description'> & { pattern: string }

/** The settings besides the default template. `languages` is an example of templates by language. */
export const templateSettings = (template: TemplateNotes, { languages }: { languages: string }) => ({
  byLocale: Type.Optional(
    textByLocale(
      {
        description: 'Templates of other languages.',
        expected: 'a template for each language',
        example: languages,
      },
      template,
    ),
  ),
  byPurpose: Type.Optional(
    Type.Unsafe<ByPurpose>({
      type: 'object',
      isMap: true,
      // The purposes come from the server's dialects: see `withPurposes`.
      properties: {},
      ofPurpose: templatesOfPurpose(template),
      description:
        'The templates of purposes that have their own: one by language, else `default`, else the template for every purpose.',
      expected: 'for each purpose, its templates by language or `default`',
      example: template.example,
    }),
  ),
})

/** The same kind of carrier, with the existing purposes named in its settings. */
export function withPurposes(kind: CarrierKind, purposes: readonly PurposeName[]): CarrierKind {
  const named = Object.entries(kind.settings.properties).map(([key, schema]) => [
    key,
    'ofPurpose' in schema ? nameIn(schema as PurposeSchema, purposes) : schema,
  ])
  return { ...kind, settings: { ...kind.settings, properties: Object.fromEntries(named) } }
}

type PurposeSchema = { ofPurpose: object; example: string }

const nameIn = (schema: PurposeSchema, purposes: readonly PurposeName[]) => ({
  ...schema,
  properties: Object.fromEntries(purposes.map((name) => [name, schema.ofPurpose])),
  expected: `for each purpose (${purposes.join(', ')}) its templates by language, or \`default\``,
  example: `{${purposes[0]}: {default: ${schema.example}}}`,
})

/** The most specific template of a message: by purpose and language, by purpose, by language, the default. */
export function chooseTemplate(
  { defaultTemplate, byLocale, byPurpose }: TemplateChoice,
  { purpose, locale }: Pick<OutgoingMessage, 'purpose' | 'locale'>,
): string {
  const own = byPurpose?.[purpose]
  return own?.[locale] ?? own?.default ?? byLocale?.[locale] ?? defaultTemplate
}

type TemplateChoice = {
  defaultTemplate: string
  byLocale: Templates | undefined
  byPurpose: ByPurpose | undefined
}
