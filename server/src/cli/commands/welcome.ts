import { join, relative } from 'node:path'
import type { RunningServer } from '../../composition/start-server.ts'
import { version } from '../../composition/version.ts'
import type { Config } from '../../config/config.ts'
import type { Terminal } from '../terminal/terminal.ts'

type DevAccess = NonNullable<RunningServer['access']>

export type WelcomeParts = {
  config: Pick<Config, 'dataDirectory' | 'databaseUrl'>
  url: string
  access: DevAccess
  seconds: number
  terminal: Pick<Terminal, 'paint'>
}

/** The first minute: what runs where, and the requests that send a code and check it, ready to be pasted. */
export async function renderWelcome({
  config,
  url,
  access,
  seconds,
  terminal,
}: WelcomeParts): Promise<string> {
  const { paint } = terminal
  const directory = shorten(config.dataDirectory)
  const database =
    config.databaseUrl === null ? `PostgreSQL of its own in ${directory}` : 'the PostgreSQL of DATABASE_URL'
  const target = 'user@example.com'
  const recordId = 'order_12345'

  const line = (label: string, text: string) => `  ${paint('dim', label.padEnd(10))} ${text}`
  return [
    '',
    `${paint('bold', 'Watchword')} ${version} is ready at ${paint('cyan', url)} ${paint('dim', `(${seconds.toFixed(1)} s)`)}`,
    '',
    line('Try it', `${url}/docs`),
    line('Inbox', `${url}/dev/inbox  (every message lands here)`),
    ...((await answers(`${url}/console`)) ? [line('Console', `${url}/console`)] : []),
    line('Database', database),
    line('Key', `in ${join(directory, 'dev.json')}, with the project and the admin token`),
    '',
    paint('bold', 'Send a code:'),
    '',
    renderCurl(`${url}/api/v1/otp/send`, access, { target, channel: 'email', recordId }),
    '',
    `${paint('bold', 'Read it')} in the inbox: ${paint('cyan', `${url}/dev/inbox?to=${target}`)}`,
    '',
    `${paint('bold', 'Check it')}, with your code in the place of 123456:`,
    '',
    renderCurl(`${url}/api/v1/otp/verify`, access, { target, code: '123456', recordId }),
    '',
    paint('dim', 'This is development: the codes can be read by everyone on this machine. Ctrl-C ends it.'),
    '',
  ].join('\n')
}

const renderCurl = (url: string, { projectId, apiKey }: DevAccess, body: object): string =>
  [
    `  curl -s ${url}`,
    `    -H 'content-type: application/json'`,
    `    -H 'x-project-id: ${projectId}'`,
    `    -H 'x-api-key: ${apiKey}'`,
    `    -d '${JSON.stringify(body)}'`,
  ].join(' \\\n')

/** As it may be typed here: relative where that is shorter to read. */
function shorten(path: string): string {
  const fromHere = relative('', path)
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere
}

/** The console is built apart from the server, so it need not be there. */
const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  )
