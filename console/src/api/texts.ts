import { queryOptions } from '@tanstack/react-query'
import type { Channel } from './inbox.ts'
import { projectPath } from './projects.ts'
import { request } from './request.ts'

export type Issue = { path: string; message: string }

/** Which text: that of a channel, for a purpose, in a language. */
export type TextKey = { channel: Channel; purpose: string; locale: string }

export type Draft = { subject: string | null; body: string }

export type Text = TextKey &
  Draft & {
    /** `own-code` is the project's text for every purpose. */
    source: 'own' | 'own-code' | 'built-in'
    updatedAt: string | null
    warnings: Issue[]
  }

/** A message with a sample code, as people will see it. */
export type Preview = {
  subject: string | null
  text: string
  html: string | null
  sms: { alphabet: 'GSM-7' | 'UCS-2'; length: number; segments: number } | null
  warnings: Issue[]
}

/** The path of a text in the API. */
export const textPath = (projectId: string, { channel, purpose, locale }: TextKey): string =>
  `${projectPath(projectId)}/texts/${channel}/${purpose}/${locale}`

/** The texts that a project has written itself. */
export const ownTextsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ['projects', projectId, 'texts'],
    queryFn: async ({ signal }) =>
      (await request<{ texts: Text[] }>(`${projectPath(projectId)}/texts`, { signal })).texts,
  })

/** The text in force. */
export const textQuery = (projectId: string, key: TextKey) =>
  queryOptions({
    queryKey: ['projects', projectId, 'texts', key],
    queryFn: ({ signal }) => request<Text>(textPath(projectId, key), { signal }),
  })

/** The message that a draft makes. */
export const previewQuery = (projectId: string, key: TextKey, draft: Draft) =>
  queryOptions({
    queryKey: ['projects', projectId, 'texts', key, 'preview', draft],
    staleTime: 60_000,
    retry: false,
    queryFn: ({ signal }) =>
      request<Preview>(`${textPath(projectId, key)}/preview`, {
        method: 'POST',
        body: key.channel === 'email' ? draft : { body: draft.body },
        signal,
      }),
  })
