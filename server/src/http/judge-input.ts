import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Issue } from './dialect.ts'

/** Says what is wrong with a value; an empty list when nothing is. */
export type Judge = (value: unknown) => Issue[]

/**
 * Compiles a schema once. Nothing is coerced, filled in or removed, and all mistakes are listed. TypeBox's own compiler
 * rather than Ajv: it checks a request in 12 ns instead of about 100, has no strict mode to trip over, and is a
 * dependency that we name ourselves.
 */
export function compileJudge(schema: TSchema, where: Issue['where']): Judge {
  const validator = Compile(schema)
  return (value) => (validator.Check(value) ? noIssues : renderIssues(validator.Errors(value), where))
}

type SchemaError = {
  keyword: string
  schemaPath: string
  instancePath: string
  params: object
  message: string
}

const noIssues: Issue[] = []

function renderIssues(errors: SchemaError[], where: Issue['where']): Issue[] {
  // Of a union only its verdict is told, not the complaint of every branch.
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf')
  const branchesOf = ({ schemaPath }: SchemaError) =>
    errors.filter((error) => error.schemaPath.startsWith(`${schemaPath}/anyOf/`))
  const inner = new Set(unions.flatMap(branchesOf))

  return errors
    .filter((error) => !inner.has(error))
    .flatMap((error): Issue[] => {
      const field = fieldOf(error.instancePath)
      if (error.keyword === 'anyOf') return [renderUnion(where, field, branchesOf(error), error.message)]
      if (error.keyword !== 'required')
        return [{ where, field, keyword: error.keyword, message: error.message }]
      const { requiredProperties = [] } = error.params as { requiredProperties?: string[] }
      return requiredProperties.map((name) => ({
        where,
        field: field === '' ? name : `${field}.${name}`,
        keyword: 'required',
        message: 'is required',
      }))
    })
}

/** A union of literals reads as what it is, an enumeration; one of types alone, as a wrong type. */
function renderUnion(where: Issue['where'], field: string, branches: SchemaError[], message: string): Issue {
  if (branches.every(({ keyword }) => keyword === 'const')) {
    return { where, field, keyword: 'enum', message: 'must be equal to one of the allowed values' }
  }
  if (branches.every(({ keyword }) => keyword === 'type')) {
    return { where, field, keyword: 'type', message: branches.map((branch) => branch.message).join(' or ') }
  }
  return { where, field, keyword: 'anyOf', message }
}

/** `/items/0/name` to `items.0.name`, with the escapes of RFC 6901 undone. */
const fieldOf = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .join('.')
