import Type from 'typebox'
import type { PurposeName } from '../../domain/purpose.ts'
import { type OutgoingMessage, refuse } from '../carrier.ts'
import { type CarrierKind, type SettingNotes, textByLocale } from './carrier-kind.ts'

/*
 * Carriers whose provider writes the text, of a template that it has approved: which template a message is, chosen in the
 * same way for all of them.
 */

/** What such a carrier says to a notice: all that it can send is a code. */
export const codesOnly = refuse('for-good', 'This carrier sends codes only, in a template.')

type Templates = Partial<Readonly<Record<string, string>>>
type ByPurpose = Partial<Readonly<Record<PurposeName, Templates>>>

/** The template of a purpose in some languages, and of that purpose in every other. */
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

/** The settings beside that of the usual template. `languages` is an example of templates of other languages. */
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
      // Which purposes there are, the server's dialects say: see `withPurposes`.
      properties: {},
      ofPurpose: templatesOfPurpose(template),
      description:
        'Templates of a purpose, where it has its own: the one of the language, else its `default`, else what is sent for every purpose.',
      expected: 'for each purpose its templates by language, or `default`',
      example: template.example,
    }),
  ),
})

/** The same kind of carrier, whose settings name the purposes that there are. */
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

/** The template of a message: of its purpose and language, of its purpose, of its language, the usual one. */
export function chooseTemplate(
  { usual, byLocale, byPurpose }: TemplateChoice,
  { purpose, locale }: Pick<OutgoingMessage, 'purpose' | 'locale'>,
): string {
  const own = byPurpose?.[purpose]
  return own?.[locale] ?? own?.default ?? byLocale?.[locale] ?? usual
}

type TemplateChoice = {
  usual: string
  byLocale: Templates | undefined
  byPurpose: ByPurpose | undefined
}
