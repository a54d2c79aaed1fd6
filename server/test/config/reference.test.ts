import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { renderReference, renderSample } from '../../src/config/render-reference.ts'
import { dialects } from '../../src/dialects/index.ts'
import { createConfigReader } from '../harness/config-reader.ts'

const { serve, withFile } = createConfigReader()

describe('the reference', () => {
  const committed = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')

  test('docs/configuration.md is what the tables render', () => {
    expect(committed('configuration.md')).toBe(renderReference(dialects))
  })

  test('docs/watchword.sample.yaml is what the tables render, and is taken', () => {
    expect(committed('watchword.sample.yaml')).toBe(renderSample(dialects))
    const carriers = {
      SMTP_URL: 'smtps://mail.example.test',
      MAIL_FROM: 'codes@example.test',
      SMS_WEBHOOK_URL: 'https://gateway.example.test',
      WHATSAPP_WEBHOOK_URL: 'https://gateway.example.test',
    }
    expect(serve(withFile(renderSample(dialects), carriers)).mounts).toHaveLength(3)
  })
})
