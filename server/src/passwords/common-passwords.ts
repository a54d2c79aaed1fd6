/** The commonest passwords that nobody may take (A2). */
const commonPasswordsCount = 10_000

/** The 10,000 commonest passwords, in lower case. Loaded when asked for, because the list is large. */
export async function loadCommonPasswords(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return new Set(dictionary['passwords-common'].slice(0, commonPasswordsCount))
}
