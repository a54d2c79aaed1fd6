import { join, relative } from 'node:path'
import type { RunningServer } from '../../composition/start-server.ts'
import { version } from '../../composition/version.ts'
import type { Config } from '../../config/config.ts'
import { dialects } from '../../dialects/index.ts'
import type { DemoTrial } from '../../http/dialect-manifest.ts'
import type { Terminal } from '../terminal/terminal.ts'

type DevAccess = NonNullable<RunningServer['access']>

export type WelcomeParts = {
  config: Pick<Config, 'dataDirectory' | 'databaseUrl' | 'warnings'>
  server: Pick<RunningServer, 'url' | 'consoleUrl' | 'signInLink'>
  access: DevAccess
  seconds: number
  terminal: Pick<Terminal, 'paint'>
}

/** The first minute: what runs where, and the requests that send a code and check it, ready to paste. */
export function renderWelcome({ config, server, access, seconds, terminal }: WelcomeParts): string {
  const { paint } = terminal
  const { url, consoleUrl, signInLink } = server
  const directory = shorten(config.dataDirectory)
  const database =
    config.databaseUrl === null ? `PostgreSQL of its own in ${directory}` : 'the PostgreSQL of DATABASE_URL'
  const trial = dialects.find(({ demo }) => demo.trial !== undefined)?.demo.trial

  const line = (label: string, text: string) => `  ${paint('dim', label.padEnd(10))} ${text}`
  return [
    '',
    `${paint('bold', 'Watchword')} ${version} is ready at ${paint('cyan', url)} ${paint('dim', `(${seconds.toFixed(1)} s)`)}`,
    '',
    ...config.warnings.map((warning) => line('Warning', paint('red', warning))),
    line('Begin at', `${url}/  (sends a first code from the browser)`),
    line('Docs', `${url}/docs`),
    line('Inbox', `${url}/dev/inbox  (every message arrives here)`),
    line(
      'Console',
      signInLink === null ? consoleUrl : `${signInLink.reveal()}  (signs in once, for 15 minutes)`,
    ),
    line('Database', database),
    line('Key', `in ${join(directory, 'dev.json')}, with the project and the admin token`),
    '',
    ...(trial === undefined ? [] : renderTrial(trial, { url, access, paint })),
    paint('dim', 'This is development: everyone on this machine can read the codes. Ctrl-C ends it.'),
    '',
  ].join('\n')
}

function renderTrial(
  { to, code, headers, send, check }: DemoTrial,
  { url, access, paint }: Pick<WelcomeParts, 'access'> & { url: string } & Pick<Terminal, 'paint'>,
): string[] {
  const curl = ({ path, body }: DemoTrial['send']) => renderCurl(`${url}${path}`, headers(access), body)
  return [
    paint('bold', 'Send a code:'),
    '',
    curl(send),
    '',
    `${paint('bold', 'Read it')} in the inbox: ${paint('cyan', `${url}/dev/inbox?to=${to}`)}`,
    '',
    `${paint('bold', 'Check it')}, with your code instead of ${code}:`,
    '',
    curl(check),
    '',
  ]
}

const renderCurl = (url: string, headers: Record<string, string>, body: object): string =>
  [
    `  curl -s ${url}`,
    `    -H 'content-type: application/json'`,
    ...Object.entries(headers).map(([name, value]) => `    -H '${name}: ${value}'`),
    `    -d '${JSON.stringify(body)}'`,
  ].join(' \\\n')

/** The path as it may be typed here: relative if that is shorter. */
function shorten(path: string): string {
  const fromHere = relative('', path)
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere
}
