import type { ProjectId } from '../../domain/project.ts'
import type { StoredText, TextDraft, TextKey } from '../../domain/text.ts'

/** The texts that projects have written. */
export type TextStore = {
  list(projectId: ProjectId): Promise<StoredText[]>
  /** Those of every project. */
  listAll(): Promise<StoredText[]>
  /** Stores a text in the place of the one with its key. */
  put(projectId: ProjectId, text: TextKey & TextDraft): Promise<void>
  /** False when there is none. */
  remove(projectId: ProjectId, key: TextKey): Promise<boolean>
}
