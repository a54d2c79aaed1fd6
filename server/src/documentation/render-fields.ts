import { escapeHtml } from '../http/escape-html.ts'

/** The parts of a JSON Schema that a reader is told. */
type Shape = {
  type?: string
  const?: unknown
  enum?: unknown[]
  format?: string
  anyOf?: Shape[]
  items?: Shape
  properties?: Record<string, Shape>
  required?: string[]
  description?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
}

/** Members of members are shown this deep; what is deeper stands in the example. */
const depthMax = 4

/** More members of a member than these would hide what comes after them. */
const openMembersMax = 8

/** The members of a body, each with its type, its bounds and what it means. */
export function renderFields(schema: unknown, depth = 0): string {
  const { properties = {}, required = [] } = objectOf((schema ?? {}) as Shape) ?? {}
  const members = Object.entries(properties)
  if (members.length === 0 || depth >= depthMax) return ''
  const items = members.map(([name, member]) =>
    renderField({ name, isRequired: required.includes(name), schema: member, depth }),
  )
  const list = `<ul class="fields">${items.join('\n')}</ul>`
  if (depth === 0 || members.length <= openMembersMax) return list
  return `<details><summary>${members.length} members</summary>${list}</details>`
}

type Field = { name: string; isRequired: boolean; schema: unknown; description?: string; depth?: number }

/** One member or parameter. */
export function renderField({ name, isRequired, schema, description, depth = 0 }: Field): string {
  const shape = (schema ?? {}) as Shape
  const meaning = description ?? descriptionOf(shape)
  const facts = [typeOf(shape), ...boundsOf(shape)].filter((fact) => fact !== '')
  return `<li><code class="field">${escapeHtml(name)}</code> <span class="type">${facts.map(renderSentence).join(', ')}</span>${
    isRequired ? ' <span class="required">required</span>' : ''
  }${meaning === '' ? '' : `<p>${renderSentence(meaning)}</p>`}${renderFields(shape, depth + 1)}</li>`
}

/** The object that a schema describes, also as the items of a list or as one branch beside null. */
function objectOf(shape: Shape): Shape | null {
  if (shape.properties !== undefined) return shape
  if (shape.items !== undefined) return objectOf(shape.items)
  return (shape.anyOf ?? []).map(objectOf).find((branch) => branch !== null) ?? null
}

function descriptionOf(shape: Shape): string {
  if (shape.description !== undefined) return shape.description
  return (shape.anyOf ?? []).map(descriptionOf).find((text) => text !== '') ?? ''
}

function typeOf(shape: Shape): string {
  if ('const' in shape) return `\`${JSON.stringify(shape.const)}\``
  if (shape.enum !== undefined) return shape.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' or ')
  if (shape.anyOf !== undefined)
    return [...new Set(shape.anyOf.map(typeOf))].filter((type) => type !== '').join(' or ')
  if (shape.items !== undefined) return `list of ${typeOf(shape.items) || 'anything'}`
  if (shape.format === 'date-time') return 'moment'
  return typeNames[shape.type ?? ''] ?? shape.type ?? ''
}

const typeNames: Record<string, string> = {
  string: 'text',
  integer: 'whole number',
  boolean: '`true` or `false`',
}

function boundsOf(shape: Shape): string[] {
  const { minLength, maxLength, minimum, maximum, anyOf = [] } = shape
  const between = (from: number | undefined, to: number | undefined, unit: string) => {
    if (from === undefined && to === undefined) return []
    if (to === undefined) return [`at least ${from}${unit}`]
    return [from === undefined || from === 0 ? `at most ${to}${unit}` : `${from} to ${to}${unit}`]
  }
  return [
    ...between(minLength, maxLength, ' characters'),
    ...between(minimum, maximum, ''),
    ...anyOf.flatMap(boundsOf),
  ]
}

/** A sentence of a description; text in backticks is code. */
export const renderSentence = (text: string): string =>
  escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>')
