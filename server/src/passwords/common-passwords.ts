/** How many of the most common passwords are refused (A2). */
const commonPasswordsCount = 10_000

/** The 10,000 most common passwords in lower case. Loaded on demand, because the list is large. */
export async function loadCommonPasswords(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return new Set(dictionary['passwords-common'].slice(0, commonPasswordsCount))
}
