import { createHmac } from 'node:crypto'
import type { SmtpReply } from './smtp-socket.ts'

/** A password, or the access token of a login by OAuth 2.0, asked for at each login because it does not live long. */
export type SmtpCredentials = { user: string } & ({ pass: string } | { accessToken: () => Promise<string> })

/** Sends a line and returns the reply; rejects if that refuses. */
type Ask = (line: string) => Promise<SmtpReply>

/** Logs in (RFC 4954), the first way that both know. A server that names none may know PLAIN all the same. */
export async function logIn(
  ask: Ask,
  { credentials, offered }: { credentials: SmtpCredentials; offered: readonly string[] },
): Promise<void> {
  if ('accessToken' in credentials)
    return logInByToken(ask, credentials.user, await credentials.accessToken())
  const way = ways.find(({ name }) => offered.includes(name)) ?? plain
  await way.logIn(ask, credentials)
}

type Way = { name: string; logIn(ask: Ask, login: { user: string; pass: string }): Promise<unknown> }

/** RFC 4616. */
const plain: Way = {
  name: 'PLAIN',
  logIn: (ask, { user, pass }) => ask(`AUTH PLAIN ${base64(`\0${user}\0${pass}`)}`),
}

const login: Way = {
  name: 'LOGIN',
  async logIn(ask, { user, pass }) {
    await ask('AUTH LOGIN')
    await ask(base64(user))
    await ask(base64(pass))
  },
}

/** RFC 2195, the only one of some old servers. */
const cramMd5: Way = {
  name: 'CRAM-MD5',
  async logIn(ask, { user, pass }) {
    const { text } = await ask('AUTH CRAM-MD5')
    const digest = createHmac('md5', pass)
      .update(Buffer.from(text.slice(4), 'base64'))
      .digest('hex')
    await ask(base64(`${user} ${digest}`))
  },
}

const ways = [plain, login, cramMd5]

/** XOAUTH2 of Google and Microsoft. A refusal comes as a question first, whose answer is an empty line. */
async function logInByToken(ask: Ask, user: string, token: string): Promise<void> {
  const { code } = await ask(`AUTH XOAUTH2 ${base64(`user=${user}\x01auth=Bearer ${token}\x01\x01`)}`)
  if (code === 334) await ask('')
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
