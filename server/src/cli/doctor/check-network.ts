import { createServer } from 'node:net'
import type { Static } from 'typebox'
import type { Config } from '../../config/config.ts'
import { placeOfSetting } from '../../config/environment-carriers.ts'
import { smtpEmail } from '../../delivery/kinds/smtp-email.ts'
import { ehloNameOf, parseSmtpUrl } from '../../delivery/protocols/smtp.ts'
import { createSmtpConnections } from '../../delivery/protocols/smtp-connections.ts'
import { reachableHostOf } from '../../delivery/receipts/receipt-urls.ts'
import { type Finding, findingsOf } from './finding.ts'

const askMilliseconds = 3_000
const smtpMilliseconds = 10_000

/** Whether the port is free, or held by a running Watchword. */
export async function checkPort({ host, port }: Pick<Config, 'host' | 'port'>): Promise<Finding> {
  const { ok, fail } = findingsOf('Port')
  if (port === 0) return ok('any free port')
  const code = await tryToListen(host, port)
  if (code === null) return ok(`${port} is free`)
  if (code === 'EADDRINUSE') return identifyHolder(host, port)
  if (code === 'EACCES')
    return fail(`this user may not listen on ${port}`, 'Name a port above 1023 with PORT.')
  return fail(`${host}:${port} cannot be listened on (${code})`, 'Correct HOST and PORT.')
}

function tryToListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)))
  })
}

/** Asks what holds the port what it is. */
async function identifyHolder(host: string, port: number): Promise<Finding> {
  const { ok, warn, fail } = findingsOf('Port')
  // A server that listens on all addresses answers on loopback.
  const name =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
  const ask = (path: string) =>
    fetch(`http://${name}:${port}${path}`, {
      signal: AbortSignal.timeout(askMilliseconds),
      redirect: 'manual',
    })
  try {
    const { info } = (await (await ask('/openapi.json')).json()) as {
      info?: { title?: string; version?: string }
    }
    if (info?.title !== 'Watchword') throw new Error('somebody else')
    const running = `${port} is held by Watchword ${info.version}`
    if ((await ask('/readyz')).ok) return ok(`${running}, which is ready`)
    return warn(
      `${running}, which is not ready`,
      'Its log says why; most often the database is not available.',
    )
  } catch {
    return fail(
      `${port} is held by another program`,
      `End that program, or name a free port: PORT=${port < 65_535 ? port + 1 : 3000}`,
    )
  }
}

/** Checks every mail server that the configuration names. */
export async function checkMail({
  carriers,
  mode,
  publicUrl,
}: Pick<Config, 'carriers' | 'mode' | 'publicUrl'>): Promise<Finding[]> {
  const { ok } = findingsOf('Mail')
  const servers = Object.entries(carriers).filter(([, { kind }]) => kind === smtpEmail.kind)
  if (servers.length === 0)
    return [
      ok(
        mode === 'development' ? 'goes to the inbox of development' : 'no SMTP_URL, so none is sent by SMTP',
      ),
    ]
  return Promise.all(
    servers.map(([name, { settings }]) =>
      checkServer(name, settings as Static<typeof smtpEmail.settings>, reachableHostOf(publicUrl)),
    ),
  )
}

/** Goes as far as a mail would: connects, switches to TLS, logs in. */
async function checkServer(
  name: string,
  { url, from, allowPlainText, certificateAuthority, ehloName }: Static<typeof smtpEmail.settings>,
  hostName: string | null,
): Promise<Finding> {
  const { ok, fail } = findingsOf('Mail')
  const connections = createSmtpConnections({
    ...parseSmtpUrl(url.reveal(), allowPlainText || undefined),
    certificateAuthority: certificateAuthority ?? null,
    ehloName: ehloNameOf(from, ehloName ?? hostName),
  })
  const { hostname } = new URL(url.reveal())
  try {
    connections.cut(await connections.open(AbortSignal.timeout(smtpMilliseconds)))
    return ok(`${hostname} accepts our connection`)
  } catch (error) {
    // The server's own words may hold the name we log in with, never the password.
    const reason = (error instanceof Error ? error.message : String(error)).trim()
    return fail(`${hostname} does not let us send: ${reason}`, smtpRemedy(reason, name))
  } finally {
    connections.closeAll()
  }
}

/** What to do about an error message of the mail server, of OpenSSL or of the mailer. */
function smtpRemedy(reason: string, name: string): string {
  const [url, authority, plainText] = ['url', 'certificateAuthority', 'allowPlainText'].map((key) =>
    placeOfSetting(name, key),
  )
  if (/wrong version number|greeting never received/i.test(reason))
    return 'Write smtps:// for a port that begins with TLS (465), smtp:// for one that turns to it (587, 25).'
  if (/certificate|altnames/i.test(reason))
    return `Name the host as its certificate does, and in ${authority} the authority if it is not a public one.`
  if (/invalid login/i.test(reason))
    return `Correct user and password in ${url}; a character such as @ or / in them is written %40 or %2F.`
  if (/STARTTLS/i.test(reason))
    return `Name a port that has TLS; ${plainText}=true sends without it, if the network between is yours.`
  return `Correct host and port of ${url}, or the firewall between.`
}
