import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { curl } from './curl.ts'
import { go } from './go.ts'
import { languages } from './index.ts'
import { java } from './java.ts'
import type { ExampleRequest } from './language.ts'
import { php } from './php.ts'
import { python } from './python.ts'
import { typescript } from './typescript.ts'

/** Signs that end a text in one of the languages, or begin something in it. */
const hard = `'";$x \\n \\" \${y} \`#{z}\` é\n`

const value = { text: hard, none: null, yes: true, list: [1, { deep: 'x' }], empty: {}, nothing: [] }

const post: ExampleRequest = {
  method: 'POST',
  url: "http://127.0.0.1:3000/it's?a=b&c=$d",
  path: '/',
  headers: [
    ['content-type', 'application/json'],
    ['x-api-key', `a'b"c`],
  ],
  body: { type: 'json', value },
}
const bare: ExampleRequest = { method: 'DELETE', url: 'http://x/1', path: '/1', headers: [], body: null }
const form: ExampleRequest = {
  ...bare,
  method: 'POST',
  headers: [['content-type', 'application/x-www-form-urlencoded']],
  body: { type: 'form', fields: [['To', 'ada+1@example.com']] },
}

/** What a shell makes of a command: its words. */
const wordsOf = (command: string): string[] =>
  execFileSync('sh', ['-c', `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${command}`], {
    encoding: 'utf8',
  })
    .split('\0')
    .slice(0, -1)

/** What the program asks `fetch` for. */
async function fetchedBy(program: string): Promise<{ url: string; options: RequestInit }> {
  const asked: { url: string; options: RequestInit }[] = []
  const fetch = async (url: string, options: RequestInit = {}) => {
    asked.push({ url, options })
    return { status: 200, text: async () => '' }
  }
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...given: unknown[]) => Promise<void>
  await new AsyncFunction('fetch', 'console', program)(fetch, { log: () => {} })
  const [first] = asked
  if (first === undefined) throw new Error('nothing was asked for')
  return first
}

describe('a request to paste', () => {
  test('is to a shell the words that it should be, whatever stands in them', () => {
    expect(wordsOf(curl.write(post))).toEqual([
      post.url,
      ...['-H', 'content-type: application/json', '-H', `x-api-key: a'b"c`],
      ...['-d', JSON.stringify(value)],
    ])
    expect(wordsOf(curl.write(bare))).toEqual(['-X', 'DELETE', 'http://x/1'])
    expect(wordsOf(curl.write(form)).slice(-2)).toEqual(['-d', 'To=ada%2B1%40example.com'])
  })

  test('asks in TypeScript for the same', async () => {
    const { url, options } = await fetchedBy(typescript.write(post))
    expect(url).toBe(post.url)
    expect(options).toEqual({
      method: 'POST',
      headers: Object.fromEntries(post.headers),
      body: JSON.stringify(value),
    })
    expect(await fetchedBy(typescript.write(bare))).toEqual({ url: bare.url, options: { method: 'DELETE' } })
    const { options: ofForm } = await fetchedBy(typescript.write(form))
    expect(String(ofForm.body)).toBe('To=ada%2B1%40example.com')
  })

  test('has in Python its words for true and nothing, and leaves the type of the body to the library', () => {
    expect(python.write(post)).toBe(`import requests

response = requests.post(
    "http://127.0.0.1:3000/it's?a=b&c=$d",
    headers={
        "x-api-key": "a'b\\"c",
    },
    json={
        "text": ${JSON.stringify(hard)},
        "none": None,
        "yes": True,
        "list": [
            1,
            {
                "deep": "x",
            },
        ],
        "empty": {},
        "nothing": [],
    },
)
print(response.status_code, response.text)`)
    expect(python.write(form)).toContain('data={\n        "To": "ada+1@example.com",\n    },')
  })

  test('tells PHP an empty object from an empty list, and quotes what PHP would read', () => {
    const program = php.write(post)
    expect(program).toContain(`curl_init('http://127.0.0.1:3000/it\\'s?a=b&c=$d')`)
    expect(program).toContain(`'x-api-key: a\\'b"c',`)
    expect(program).toContain("'empty' => (object) [],\n        'nothing' => [],")
    expect(program).toContain(`'text' => ${JSON.stringify(hard).replaceAll('$', '\\$')},`)
    expect(php.write(bare)).not.toContain('POSTFIELDS')
  })

  test('is one raw text in Go, unless it holds its quote', () => {
    expect(go.write(post)).toContain(`strings.NewReader(${JSON.stringify(JSON.stringify(value, null, 2))})`)
    expect(go.write({ ...post, body: { type: 'json', value: { a: 'b' } } })).toContain(
      'strings.NewReader(`{\n  "a": "b"\n}`)',
    )
    expect(go.write(bare)).toContain('http.NewRequest("DELETE", "http://x/1", nil)')
    expect(go.write(bare)).not.toContain('"strings"')
  })

  test('keeps its backslashes in a text block of Java', () => {
    const program = java.write({ ...post, body: { type: 'json', value: { a: '\\' } } })
    expect(program).toContain(
      'ofString("""\n                {\n                  "a": "\\\\\\\\"\n                }"""))',
    )
    expect(java.write(bare)).toContain('.method("DELETE", HttpRequest.BodyPublishers.noBody())')
  })

  test('is in six languages', () => {
    expect(languages.map(({ name }) => name)).toEqual(['curl', 'TypeScript', 'Python', 'PHP', 'Go', 'Java'])
  })
})
