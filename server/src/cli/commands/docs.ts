import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { suggest } from '../../config/configuration-error.ts'
import type { AddCommand } from '../terminal/context.ts'
import { usageFailure } from '../terminal/failure.ts'

/** The build puts the pages here, because a package has no other folder of the repository. */
const pages = fileURLToPath(new URL('../../pages/', import.meta.url))

/** `watchword docs`: the pages of this version, where there is no clone to look into. */
export const addDocsCommand: AddCommand = (program, { terminal }) => {
  program
    .command('docs [page]')
    .description('print a page of the documentation of this version, or the list of pages')
    .addHelpText(
      'after',
      `
Pages are Markdown. A link such as (operating.md) names the page "operating".

Examples:
  $ watchword docs
  $ watchword docs operating | less
  $ watchword docs watchword.sample.yaml > watchword.yaml`,
    )
    .action((page = 'docs/README.md') => terminal.print(readPage(page).trimEnd()))
}

function readPage(wanted: string): string {
  const files = readdirSync(pages, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /\.(md|yaml)$/.test(file))
  const found = files.find((file) => file === wanted) ?? files.find((file) => nameOf(file) === nameOf(wanted))
  if (found === undefined) {
    const names = files.map(nameOf)
    throw usageFailure(
      `There is no page ${JSON.stringify(wanted)}. ${suggest(nameOf(wanted), names)}"watchword docs" lists the pages.`,
    )
  }
  return readFileSync(`${pages}${found}`, 'utf8')
}

/** `operating` of docs/operating.md, `decisions/codes` of docs/decisions/codes.md, `security` of SECURITY.md. */
const nameOf = (file: string): string =>
  file
    .replace(/^(\.\.\/)*(docs\/(?!README))?/, '')
    .replace(/\.md$/, '')
    .toLowerCase()
