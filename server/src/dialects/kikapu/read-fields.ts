import { parseCode } from '../../domain/code.ts'
import type { Project } from '../../domain/project.ts'
import { digitsOf } from '../../domain/purpose.ts'
import { kikapuLogin } from './purposes.ts'

/** The code of a request; null for anything but as many digits as the project's codes have. */
export const readOtp = (text: string, { settings }: Project) =>
  parseCode(text, digitsOf(kikapuLogin, settings))

type AgentLogin = { phoneNumber?: string | null; username?: string | null }

/** The number that an agent logs in with, as the caller wrote it; empty when there is none. */
export const readLogin = ({ phoneNumber, username }: AgentLogin): string =>
  [phoneNumber, username].find((text) => text?.trim()) ?? ''
