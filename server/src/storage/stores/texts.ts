import type { ProjectId } from '../../domain/project.ts'
import type { StoredText, TextKey } from '../../domain/text.ts'
import type { TextStore } from '../../engine/ports/texts.ts'
import { recordActions } from '../batches/actions.ts'
import type { Database } from '../postgres/database.ts'

/** The store of projects' own texts. */
export const createTextStore = (database: Database): TextStore => ({
  async list(projectId) {
    const rows = await database.query<TextRow>('texts-list', `${textsSql} where project_id = $1 ${inOrder}`, [
      projectId,
    ])
    return rows.map(textFromRow)
  },

  async listAll() {
    return (await database.query<TextRow>('texts-list-all', `${textsSql} ${inOrder}`)).map(textFromRow)
  },

  put: (projectId, { channel, purpose, locale, subject, body }) =>
    database.transaction(async (tx) => {
      await tx.query(
        'texts-put',
        `insert into texts (project_id, channel, purpose, locale, subject, body)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (project_id, channel, purpose, locale) do update
        set subject = excluded.subject, body = excluded.body, updated_at = clock_now()`,
        [projectId, channel, purpose, locale, subject, body],
      )
      const details = { channel, purpose, locale }
      await recordActions(tx, [{ scope: projectId, type: 'text.changed', details }])
    }),

  remove: (projectId, { channel, purpose, locale }) =>
    database.transaction(async (tx) => {
      const removed = await tx.query(
        'texts-remove',
        `delete from texts
        where project_id = $1 and channel = $2 and purpose = $3 and locale = $4
        returning project_id`,
        [projectId, channel, purpose, locale],
      )
      const details = { channel, purpose, locale }
      if (removed.length > 0) await recordActions(tx, [{ scope: projectId, type: 'text.removed', details }])
      return removed.length > 0
    }),
})

type TextRow = TextKey & {
  project_id: ProjectId
  subject: string | null
  body: string
  updated_at: Date
}

const textsSql = 'select project_id, channel, purpose, locale, subject, body, updated_at from texts'
const inOrder = 'order by project_id, purpose, channel, locale'

const textFromRow = ({ project_id, updated_at, ...text }: TextRow): StoredText => ({
  ...text,
  projectId: project_id,
  updatedAt: updated_at,
})
