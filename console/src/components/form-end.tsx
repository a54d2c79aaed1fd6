import type { ReactNode } from 'react'
import type { Failure } from '../api/failure.ts'
import { Actions } from './dialog.tsx'
import { Notice } from './meaning.tsx'

/** The end of a form: what went wrong that belongs to no field, and the buttons. */
export function FormEnd({ failure, children }: { failure: Failure | null; children: ReactNode }) {
  return (
    <>
      {failure !== null && (
        <div className="mt-4">
          <Notice kind="bad">{failure.message}</Notice>
        </div>
      )}
      <Actions>{children}</Actions>
    </>
  )
}
