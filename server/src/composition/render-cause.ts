/**
 * An error as the log shows it: names, messages, codes and stacks along the causes. Other properties of an error may
 * hold a caller's data: PostgreSQL names the values of the row that it refuses.
 */
export function renderCause(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { name: typeof error }
  const { name, message, stack, cause } = error
  const code = 'code' in error ? { code: String(error.code) } : {}
  return {
    name,
    message,
    stack,
    ...code,
    ...(cause !== undefined && depth < 4 ? { cause: renderCause(cause, depth + 1) } : {}),
  }
}
