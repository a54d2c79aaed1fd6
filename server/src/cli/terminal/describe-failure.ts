import { ConfigurationError } from '../../config/configuration-error.ts'
import { CommandFailure } from './failure.ts'

type SystemError = {
  code?: string
  syscall?: string
  message?: string
  port?: number
  address?: string
  path?: string
}

/** An error in words for a person. `isOfSystem`: it came from outside Watchword, where `doctor` may find the reason. */
export type FailureDescription = { message: string; exitCode: 1 | 2; isOfSystem: boolean }

/** What a person can do about an error. */
export function describeFailure(error: unknown): FailureDescription {
  if (error instanceof CommandFailure)
    return { message: error.message, exitCode: error.exitCode, isOfSystem: false }
  if (error instanceof ConfigurationError)
    return { message: error.message.trimEnd(), exitCode: 1, isOfSystem: false }

  const chain = causesOf(error)
  const known = chain.map(describeSystemError).find((message) => message !== null)
  const words = chain.map(({ message = '' }) => message).filter((message) => message !== '')
  return { message: known ?? [...new Set(words)].join(': '), exitCode: 1, isOfSystem: known !== undefined }
}

function causesOf(error: unknown): SystemError[] {
  const chain: SystemError[] = []
  for (let next = error; typeof next === 'object' && next !== null && chain.length < 5; ) {
    chain.push(next as SystemError)
    next = 'cause' in next ? next.cause : null
  }
  return chain.length === 0 ? [{ message: String(error) }] : chain
}

function describeSystemError({ code, syscall, port, address, path, message }: SystemError): string | null {
  // Node says ENOENT as well where a directory cannot be made because the disk is read-only.
  if (syscall === 'mkdir' && /^(ENOENT|EROFS|EPERM|EACCES)$/.test(code ?? ''))
    return `The directory ${path} cannot be made: name one that this user may write with WATCHWORD_DATA, or a PostgreSQL with DATABASE_URL.`
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken already: name a free one (PORT=${(port ?? 3000) + 1}), or end what holds it.`
    case 'EACCES':
      return port === undefined
        ? `This user may not use ${path ?? 'a file that is needed'}: change its owner, or name another directory with WATCHWORD_DATA.`
        : `This user may not listen on port ${port}: name one above 1023 with PORT.`
    case 'EEXIST':
    case 'ENOTDIR':
      return path === undefined
        ? null
        : `A file stands where a directory is needed (${path}): name another directory with WATCHWORD_DATA.`
    case 'EADDRNOTAVAIL':
      return `This machine has no address ${address}: correct HOST.`
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'ETIMEDOUT':
      return `The database cannot be reached (${code}): is DATABASE_URL right, and does PostgreSQL run there?`
    case '28P01':
    case '28000':
      return `PostgreSQL refuses the user or the password of DATABASE_URL (${message}).`
    case '42501':
      return `The user of DATABASE_URL may not do this (${message}): run "watchword migrate" as the owner of the schema, then grant_server as "watchword docs audit" says.`
    case '3D000':
      return `The database of DATABASE_URL does not exist (${message}): create it first.`
    case '25006':
      return 'DATABASE_URL leads to a standby, which takes no writes: let it lead to the primary.'
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `The certificate of PostgreSQL is not trusted (${message}): name its authority in DATABASE_URL, ?sslmode=verify-full&sslrootcert=/path/to/ca.pem, and the host as the certificate does.`
    case 'ENOSPC':
      return 'The disk is full: make room, then try again.'
    default:
      return describeWords(message)
  }
}

/** What pg reports without a code. */
function describeWords(message = ''): string | null {
  if (message.includes('does not support SSL'))
    return 'DATABASE_URL asks for TLS, which this PostgreSQL does not offer: enable ssl there, or remove sslmode if the network between is yours.'
  if (message === 'Connection terminated unexpectedly')
    return 'The program at the host and port of DATABASE_URL closes the connection: is it PostgreSQL?'
  return null
}
