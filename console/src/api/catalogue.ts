import { queryOptions } from '@tanstack/react-query'
import type { Channel } from './inbox.ts'
import { request } from './request.ts'

/** What forms read of JSON Schema, with the words of the documentation beside it. */
export type Schema = {
  type?: string
  const?: string
  enum?: readonly string[]
  anyOf?: readonly Schema[]
  items?: Schema
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  default?: unknown
  description?: string
  expected?: string
  example?: string
  secret?: boolean
}

export type SettingNotes = {
  name: string
  description: string
  /** Continues a sentence after "must be". */
  takes: string
  default: unknown
  schema: Schema
}

export type CarrierKind = {
  kind: string
  title: string
  channels: readonly Channel[]
  setup: readonly string[]
  receiptSetup: readonly string[]
  source: string | null
  isForDevelopment: boolean
  settings: Readonly<Record<string, Schema>>
  required: readonly string[]
}

/** What can be set on this server. */
export type Catalogue = {
  projectSettings: readonly SettingNotes[]
  carrierKinds: readonly CarrierKind[]
  channels: readonly Channel[]
  textPurposes: readonly string[]
  locales: readonly string[]
  webhookEventTypes: readonly string[]
  keyScopes: readonly string[]
}

/** It changes with the version of the server only. */
export const catalogueQuery = queryOptions({
  queryKey: ['catalogue'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: ({ signal }) => request<Catalogue>('admin/v1/catalogue', { signal }),
})
