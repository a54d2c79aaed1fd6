import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { settings } from '../../src/config/settings.ts'
import { readFiles, root } from './source-files.ts'

/*
 * What docs/deployment.md gives to copy, against what a node knows.
 */

const [page] = readFiles('docs', (path) => path === 'docs/deployment.md')
const blocks = (language: string): string[] =>
  [...(page?.text ?? '').matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, text = '']) => text,
  )

const known = new Set(Object.keys(settings).flatMap((name) => [name, `${name}_FILE`]))
const command = 'node_modules/.bin/watchword'

describe('the manifests for Kubernetes', () => {
  type Container = {
    command: string[]
    env: { name: string; value: string }[]
    livenessProbe: { httpGet: { path: string } }
    readinessProbe: { httpGet: { path: string } }
  }
  type Manifest = {
    kind: string
    spec: { template?: { spec: { terminationGracePeriodSeconds: number; containers: [Container] } } }
  }
  const [yaml = ''] = blocks('yaml')
  const documents = parseAllDocuments(yaml)
  const manifests = documents.map((document) => document.toJS() as Manifest)
  const pod = manifests.find(({ kind }) => kind === 'Deployment')?.spec.template?.spec

  test('are whole YAML with settings that exist, values as texts, and the probes of a node', () => {
    expect(documents.flatMap(({ errors }) => errors)).toEqual([])
    expect(manifests.map(({ kind }) => kind)).toEqual(['Deployment', 'Service', 'PodDisruptionBudget'])
    const [container] = pod?.containers ?? []
    expect(container?.env.filter(({ name, value }) => !known.has(name) || typeof value !== 'string')).toEqual(
      [],
    )
    expect(container?.command).toEqual([command, 'serve'])
    expect(container?.livenessProbe.httpGet.path).toBe('/healthz')
    expect(container?.readinessProbe.httpGet.path).toBe('/readyz')
  })

  test('give a node the time to end that it may need', () => {
    const drain = Number(pod?.containers[0].env.find(({ name }) => name === 'DRAIN_SECONDS')?.value)
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(drain + 30)
  })
})

test('unit, image and page start the same file, which is there after a build, and none of them npm', () => {
  expect(existsSync(join(root, command))).toBe(true)
  const [unit = ''] = blocks('ini')
  expect(/^ExecStart=(.*)$/m.exec(unit)?.[1]).toBe(`/opt/watchword/${command} serve`)
  const [, run = '[]'] = /^CMD (.*)$/m.exec(blocks('dockerfile')[0] ?? '') ?? []
  expect(JSON.parse(run)).toEqual([command, 'serve'])
  expect(blocks('sh')).toEqual([`${command} serve\n`])
  expect(blocks('ini').join() + blocks('yaml').join()).not.toMatch(/\bnpx?\b/)
})
