import { expect, test } from 'vitest'
import { highlight } from './highlight.ts'

const textOf = (html: string): string =>
  html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

test.each([
  ['json', '{ "name": "a < b", "n": 12.5, "yes": true }'],
  ['sh', `curl 'http://x/y' # a comment\nkey="$k" && echo 'two\nlines'`],
  ['yaml', 'mounts: # all\n  - dialect: "x"\n    ttl: 30'],
  ['go', 'body := strings.NewReader(`{"a": 1}`) // raw'],
  ['a language that nobody knows', '<b>&'],
])('colours never change what %s says', (language, code) => {
  expect(textOf(highlight(code, language))).toBe(code)
})

test('names, texts, numbers, words and comments are told apart', () => {
  expect(highlight('{"a": "b", "c": 1, "d": null}', 'json')).toBe(
    '{<span class="name">&quot;a&quot;</span>: <span class="text">&quot;b&quot;</span>, <span class="name">&quot;c&quot;</span>: <span class="number">1</span>, <span class="name">&quot;d&quot;</span>: <span class="word">null</span>}',
  )
  expect(highlight('curl http://x # y', 'sh')).toBe(
    '<span class="word">curl</span> http://x <span class="comment"># y</span>',
  )
})
