import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/* The console and the pages to read are built apart, and are one thing to whoever looks at them. */

/** The colours of a style sheet by their names. */
function coloursOf(path: string): Record<string, string> {
  const text = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
  const found = [...text.matchAll(/^\s*--([\w-]+): (light-dark\(#[^;]*\));$/gm)]
  return Object.fromEntries(found.map(([, name = '', value = '']) => [name, value]))
}

test('the console and the pages to read have the same colours', () => {
  const console = coloursOf('console/src/styles/tokens.css')
  const { shadow: _, ...reading } = coloursOf('server/src/documentation/assets/style.css')
  expect(Object.keys(reading)).toEqual(
    expect.arrayContaining(['ink', 'paper', 'accent', 'good', 'warn', 'bad']),
  )
  expect(console).toMatchObject(reading)
})
