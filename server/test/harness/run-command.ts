import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { watch } from '../security/canary/watch.ts'

const program = fileURLToPath(new URL('../../bin/watchword.mjs', import.meta.url))

/** How a command ended, as the shell sees it. */
export type CommandResult = { stdout: string; stderr: string; code: number | null }

export type CommandOptions = { env?: Record<string, string>; input?: string | Buffer }

/** Variables of the test's own environment that a command must not inherit. */
const lent = (name: string): boolean =>
  /^(PATH|HOME|TMPDIR|LANG|USER|SystemRoot)$/.test(name) || name.startsWith('LC_')

/** Starts the built command line in a process of its own. */
export function startCommand(parameters: string[], env: Record<string, string> = {}) {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => lent(name)))
  const child = spawn(process.execPath, [program, ...parameters], { env: { ...inherited, ...env } })
  watch.noteEnvironment(env)
  createInterface({ input: child.stderr }).on('line', (line) => watch.noteRecord('stderr', line))
  return child
}

/** Runs the built command line as a shell would, and waits for its end. */
export function runCommand(
  parameters: string[],
  { env = {}, input = '' }: CommandOptions = {},
): Promise<CommandResult> {
  const child = startCommand(parameters, env)
  const result: CommandResult = { stdout: '', stderr: '', code: null }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (result.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (result.stderr += text))
  // A command that has failed early reads no input.
  child.stdin.on('error', () => {}).end(input)
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ ...result, code }))
  })
}
