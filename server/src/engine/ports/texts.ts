import type { ProjectId } from '../../domain/project.ts'
import type { StoredText, TextDraft, TextKey } from '../../domain/text.ts'

/** Keeps the texts that projects have written. */
export type TextStore = {
  list(projectId: ProjectId): Promise<StoredText[]>
  /** Those of every project. */
  listAll(): Promise<StoredText[]>
  /** Stores a text, replacing the one with the same key. */
  put(projectId: ProjectId, text: TextKey & TextDraft): Promise<void>
  /** False if there is none. */
  remove(projectId: ProjectId, key: TextKey): Promise<boolean>
}
