import type { Mode } from '../../config/rules.ts'
import type { Finding } from '../doctor/finding.ts'
import { endingOnSignal } from '../terminal/await-signal.ts'
import type { AddCommand, CommandContext } from '../terminal/context.ts'
import { usageFailure } from '../terminal/failure.ts'
import type { Terminal } from '../terminal/terminal.ts'

type DoctorOptions = { mode?: string; json?: true }

/** `watchword doctor`: reports what is wrong and what to do about it, and changes nothing. */
export const addDoctorCommand: AddCommand = (program, context) => {
  program
    .command('doctor')
    .description('report what is wrong with this installation, and what to do about it')
    .option(
      '--mode <mode>',
      'check for "development" or "production"; by default production if WATCHWORD_SECRET is set',
    )
    .option('--json', 'print {"ok", "findings": [{"check", "level", "message", "remedy"}]}')
    .addHelpText(
      'after',
      `
Looks at Node.js, the configuration, the data directory and its disk if they are used, the database with its version, schema,
clock and room, at whether a pooler is in between and what is stored fits the configuration, at the port and the mail server. Changes nothing. The exit code is 1 when something fails.

Examples:
  $ watchword doctor
  $ watchword doctor --mode production --json`,
    )
    .action((options: DoctorOptions) => runDoctor(context, options))
}

async function runDoctor(context: CommandContext, { mode, json }: DoctorOptions): Promise<void> {
  if (mode !== undefined && mode !== 'development' && mode !== 'production')
    throw usageFailure('--mode must be development or production')
  const findings = await endingOnSignal(() => examine(context, mode ?? null))
  const isWell = findings.every(({ level }) => level !== 'fail')
  if (!isWell) context.finish(1)
  if (json) return context.terminal.printJson({ ok: isWell, findings })
  context.terminal.print(renderFindings(findings, context.terminal))
}

async function examine({ env }: CommandContext, wanted: Mode | null): Promise<Finding[]> {
  const [configuration, { loadDatabaseConfig }, { checkDataDirectory }, { checkDatabase }, network] =
    await Promise.all([
      import('../doctor/check-configuration.ts'),
      import('../../config/load-database-config.ts'),
      import('../doctor/check-data-directory.ts'),
      import('../doctor/check-database.ts'),
      import('../doctor/check-network.ts'),
    ])
  const mode = wanted ?? configuration.inferMode(env)
  const { config, findings } = await configuration.checkConfiguration(env, mode)
  const first = [configuration.checkNode(), ...findings]

  // Many checks work even if the server would not start; they need at least the place of the database.
  const place = findings.some(
    ({ level, message }) => level === 'fail' && /^(DATABASE_URL|WATCHWORD_DATA)/.test(message),
  )
    ? null
    : loadDatabaseConfig({ env })
  // A node of production with a DATABASE_URL keeps nothing in it.
  const usesDirectory = mode === 'development' || place?.databaseUrl === null
  const ofPlace =
    place === null
      ? []
      : await Promise.all([
          usesDirectory ? checkDataDirectory(place.dataDirectory) : [],
          checkDatabase(place, config),
        ])
  const ofServer =
    config === null ? [] : await Promise.all([network.checkPort(config), network.checkMail(config)])
  return [...first, ...ofPlace.flat(), ...ofServer.flat()]
}

function renderFindings(findings: Finding[], { paint }: Terminal): string {
  const marks = { ok: paint('green', 'ok  '), warn: paint('yellow', 'warn'), fail: paint('red', 'fail') }
  const lines = findings.flatMap(({ check, level, message, remedy }) => [
    `${marks[level]}  ${paint('bold', check.padEnd(14))}  ${message}`,
    ...(remedy === null ? [] : [`${' '.repeat(22)}${paint('dim', '→')} ${remedy}`]),
  ])
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length
  const [fails, warns] = [count('fail'), count('warn')]
  const sum =
    fails > 0
      ? `${fails} ${fails === 1 ? 'thing is' : 'things are'} wrong.`
      : warns > 0
        ? 'It works; the warnings are worth a look.'
        : 'All is well.'
  return [...lines, '', sum].join('\n')
}
