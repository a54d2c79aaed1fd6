import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'

/*
 * The written pages of this version. The build copies them beside the code, because a package has no other folder of the
 * repository; from the source they are read where they are written.
 */

/**
 * A page that somebody wrote. `file` is its path in the repository, `slug` its address below `/docs`, `about` what the lists
 * of pages say of it.
 */
export type Guide = { file: string; slug: string; title: string; text: string; about: string | null }

export type GuideLink = { slug: string; title: string }
export type GuideGroup = { title: string; links: GuideLink[] }

export type Guides = {
  find: (slug: string) => Guide | null
  /** The page of a file of the repository, if it is one. */
  ofFile: (file: string) => Guide | null
  all: readonly Guide[]
  /** The tables of the first page, which are the list of all pages. */
  groups: readonly GuideGroup[]
  decisions: readonly GuideLink[]
}

/** Reads every page. */
export function readGuides(): Guides {
  const folder = findFolder()
  const files = [
    ...['README.md', 'SECURITY.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE'],
    ...readdirSync(new URL('docs/', folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `docs/${name.replaceAll('\\', '/')}`)
      .filter((name) => /\.(md|yaml)$/.test(name))
      .sort(),
  ]
  const written = files.map((file) => readGuide(folder, file))
  const abouts = new Map(written.flatMap(readList).map(({ file, about }) => [file, about]))
  const all = written.map((guide) => ({ ...guide, about: abouts.get(guide.file) ?? null }))
  const bySlug = new Map(all.map((guide) => [guide.slug, guide]))
  const byFile = new Map(all.map((guide) => [guide.file, guide]))
  const ofFile = (file: string) => byFile.get(file) ?? null
  return {
    find: (slug) => bySlug.get(slug) ?? null,
    ofFile,
    all,
    groups: groupsOf(ofFile('docs/README.md'), ofFile),
    decisions: all
      .filter(({ slug }) => slug.startsWith('decisions/'))
      .map(({ slug, title }) => ({ slug, title })),
  }
}

function findFolder(): URL {
  const built = new URL('../pages/', import.meta.url)
  return existsSync(fileURLToPath(built)) ? built : new URL('../../../', import.meta.url)
}

function readGuide(folder: URL, file: string): Omit<Guide, 'about'> {
  const text = readFileSync(new URL(file, folder), 'utf8')
  const slug = slugOf(file)
  // What is no Markdown is shown as it is, under its name.
  if (!file.endsWith('.md')) return { file, slug, title: posix.basename(file), text }
  return { file, slug, title: /^# (.+)$/m.exec(text)?.[1]?.replaceAll('`', '') ?? slug, text }
}

/** `operating` of docs/operating.md, `decisions` of its README, `security` of SECURITY.md; that of docs/README.md is empty. */
const slugOf = (file: string): string =>
  file === 'docs/README.md'
    ? ''
    : file
        .replace(/^docs\//, '')
        .replace(/\/README\.md$/, '')
        .replace(/\.md$/, '')
        .toLowerCase()

type Listed = { title: string; file: string; about: string }

/** What a page lists: tables whose first column links to pages and whose second says what is in them. */
const readList = ({ file: from, text }: { file: string; text: string }): Listed[] =>
  [...text.matchAll(/^\| \[([^\]]+)\]\(([^)#]+)\) \| (.+) \|$/gm)].map(
    ([, title = '', target = '', about = '']) => ({
      title,
      file: posix.join(posix.dirname(from), target),
      about,
    }),
  )

/** The headings of the first page with the pages that are listed below them. */
function groupsOf(index: Guide | null, ofFile: Guides['ofFile']): GuideGroup[] {
  if (index === null) return []
  return index.text
    .split(/^## /m)
    .slice(1)
    .map((text) => ({
      title: text.slice(0, text.indexOf('\n')),
      links: readList({ file: index.file, text }).flatMap(({ title, file }) => {
        const guide = ofFile(file)
        return guide === null ? [] : [{ slug: guide.slug, title: capitalize(title) }]
      }),
    }))
    .filter(({ links }) => links.length > 0)
}

/** With a capital letter. */
export const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
