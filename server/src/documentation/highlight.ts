import { escapeHtml } from '../http/escape-html.ts'

/*
 * Colours for code. One pattern for each family of languages is enough to tell comments, texts, numbers and words apart;
 * a parser of each language would be many times as long, and its errors would be as visible.
 */

type Grammar = { comment: string; text: string; words: string }

const quoted = `"(?:[^"\\\\\\n]|\\\\.)*"|'(?:[^'\\\\\\n]|\\\\.)*'`
const backquoted = '`[^`]*`'
const nothing = '(?!)'
const lineHash = '(?<=^|\\s)#[^\\n]*'
const lineSlashes = '(?<![:\\w])//[^\\n]*'

const grammars: Record<string, Grammar> = {
  json: { comment: nothing, text: quoted, words: 'true|false|null' },
  // Between single quotes a shell takes line breaks and backslashes as they are.
  sh: {
    comment: lineHash,
    text: `"(?:[^"\\\\]|\\\\.)*"|'[^']*'`,
    words: 'curl|export|if|then|fi|for|do|done|watchword|npx|npm|node',
  },
  yaml: { comment: lineHash, text: quoted, words: 'true|false|null|[\\w.-]+(?=:(?:\\s|$))' },
  ini: { comment: lineHash, text: quoted, words: '\\[\\w+\\]|^\\w+(?==)' },
  sql: {
    comment: '--[^\\n]*',
    text: quoted,
    words:
      'select|from|where|and|or|insert|into|update|set|delete|order|by|limit|as|grant|on|to|create|revoke|alter',
  },
  dockerfile: {
    comment: lineHash,
    text: quoted,
    words: 'FROM|RUN|COPY|ENV|USER|WORKDIR|CMD|ENTRYPOINT|EXPOSE|AS',
  },
  typescript: {
    comment: lineSlashes,
    text: `${quoted}|${backquoted}`,
    words: 'const|let|await|async|function|return|import|from|new|if|throw|export|true|false|null',
  },
  python: {
    comment: lineHash,
    text: quoted,
    words: 'import|from|def|return|with|as|if|print|True|False|None',
  },
  php: { comment: lineSlashes, text: quoted, words: '<\\?php|\\$\\w+|echo|new|true|false|null' },
  go: {
    comment: lineSlashes,
    text: `${quoted}|${backquoted}`,
    words: 'package|import|func|if|return|defer|var|nil|err|panic',
  },
  java: {
    comment: lineSlashes,
    text: `"""[\\s\\S]*?"""|${quoted}`,
    words: 'import|public|class|static|void|throws|var|new|return',
  },
}

const families: Record<string, string> = {
  bash: 'sh',
  shell: 'sh',
  ts: 'typescript',
  js: 'typescript',
  jsonc: 'json',
}

const patterns = new Map<string, RegExp>()

/** The code as HTML. A language that is not known stays plain. */
export function highlight(code: string, language: string): string {
  const name = families[language] ?? language
  const grammar = grammars[name]
  if (grammar === undefined) return escapeHtml(code)
  const pattern = patterns.get(name) ?? compile(grammar)
  patterns.set(name, pattern)
  let html = ''
  let end = 0
  for (const match of code.matchAll(pattern)) {
    const groups = match.groups ?? {}
    const [kind = ''] = Object.keys(groups).filter((group) => groups[group] !== undefined)
    html += escapeHtml(code.slice(end, match.index))
    html += `<span class="${kindOf(kind, code, match.index + match[0].length)}">${escapeHtml(match[0])}</span>`
    end = match.index + match[0].length
  }
  return html + escapeHtml(code.slice(end))
}

const compile = ({ comment, text, words }: Grammar): RegExp =>
  new RegExp(
    `(?<comment>${comment})|(?<text>${text})|(?<word>(?<![\\w$-])(?:${words})(?![\\w-]))|(?<number>(?<![\\w.$-])\\d[\\d_.]*\\b)`,
    'gm',
  )

/** A text before a colon is the name of a member. */
const kindOf = (kind: string, code: string, end: number): string =>
  kind === 'text' && /^"?\s*:/.test(code.slice(end, end + 2)) ? 'name' : kind
