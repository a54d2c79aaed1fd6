import { parseCode } from '../../domain/code.ts'
import { kikapuLogin } from './purposes.ts'

/** The code of a request; null for anything but five digits. */
export const readOtp = (text: string) => parseCode(text, kikapuLogin.digits)

type AgentLogin = { phoneNumber?: string | null; username?: string | null }

/** The number that an agent logs in with, as it was written; empty when there is none. */
export const readLogin = ({ phoneNumber, username }: AgentLogin): string =>
  [phoneNumber, username].find((text) => text?.trim()) ?? ''
