import { type Command, Option } from 'commander'
import { type Issue, type Parsed, renderEntry } from '../../domain/issue.ts'
import { grantedTokens } from '../../domain/project-patch.ts'
import { projectSettings } from '../../domain/project-settings.ts'
import type { Setting, SettingTable } from '../../domain/settings/setting.ts'
import type { ProjectSummary } from '../../engine/ports/projects.ts'
import { usageFailure } from '../terminal/failure.ts'

/** The options as Commander parses them: texts, as they were typed. */
export type GivenOptions = Readonly<Record<string, unknown>>

type ShownProject = Pick<ProjectSummary, 'settings' | 'tokens'>

type ProjectOption = {
  /** The path of its value in what an operator writes about a project. */
  path: string
  /** `--rate-limit`. */
  flag: string
  /** Its key among the options that Commander parses. */
  key: string
  setting: Setting<unknown>
  valueIn: (project: ShownProject) => unknown
}

/** The options of `projects create` and `projects update`: one for each setting of a table, and `--tokens`. */
export function createProjectOptions(table: SettingTable = projectSettings) {
  const options = [
    optionOf('tokens', grantedTokens, ({ tokens }) => tokens.granted),
    ...Object.entries(table).map(([name, setting]) =>
      optionOf(`settings.${name}`, setting, ({ settings }) => Object(settings)[name]),
    ),
  ]
  const givenOf = (given: GivenOptions) =>
    options.flatMap((option) => {
      const typed = given[option.key]
      return typeof typed === 'string' ? [{ ...option, typed }] : []
    })

  return {
    /** Adds the options to a command. The domain validates their values, in one place for this and the admin API. */
    addTo(command: Command): Command {
      for (const { setting } of options)
        command.option(setting.option, `${setting.description}: ${setting.typed.takes}`)
      return command
    },

    /** What the typed options say about a project, for the domain to parse. */
    read(given: GivenOptions, name: unknown): Record<string, unknown> {
      const settings: Record<string, unknown> = {}
      const patch: Record<string, unknown> = { ...(name === undefined ? {} : { name }), settings }
      for (const { path, setting, typed } of givenOf(given)) {
        const [head = '', member] = path.split('.')
        if (member === undefined) patch[head] = setting.typed.read(typed)
        else settings[member] = setting.typed.read(typed)
      }
      return patch
    },

    /** The options that were given, each with the value that the project has now, as one would type it. */
    render: (given: GivenOptions, project: ShownProject): [flag: string, value: string][] =>
      givenOf(given).map(({ flag, setting, valueIn }) => [flag, setting.typed.write(valueIn(project))]),

    /** What was parsed, or one failure with everything that is wrong, in the words of the command line. */
    require<Value>(parsed: Parsed<Value>): Value {
      if (parsed.ok) return parsed.value
      throw usageFailure(parsed.issues.map(renderIssue).join('; '))
    },
  }

  function renderIssue(issue: Issue): string {
    const option = options.find(({ path }) => path === issue.path)
    if (option === undefined) return `${issue.path === 'name' ? 'the name' : issue.path} ${issue.message}`
    return `${option.flag} must be ${option.setting.typed.takes}${renderEntry(issue)}`
  }
}

function optionOf(path: string, setting: Setting<unknown>, valueIn: ProjectOption['valueIn']): ProjectOption {
  const option = new Option(setting.option)
  return { path, flag: option.long ?? setting.option, key: option.attributeName(), setting, valueIn }
}
