import type { Failure } from '../api/failure.ts'
import { Button } from './button.tsx'
import { TextField, type TextFieldProps } from './field.tsx'
import { Notice } from './meaning.tsx'
import type { useForm } from './use-form.ts'

export type LineFormProps = {
  form: { formProps: ReturnType<typeof useForm>['formProps']; failure: Failure | null; isBusy: boolean }
  field: TextFieldProps
  /** What the button does, as a verb. */
  verb: string
  className?: string
}

/** A form of one line, with its button beside it and what went wrong beneath. */
export function LineForm({
  form: { formProps, failure, isBusy },
  field,
  verb,
  className = '',
}: LineFormProps) {
  return (
    <form {...formProps} className={className}>
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <TextField autoComplete="off" spellCheck={false} {...field} />
        </div>
        <Button type="submit" className="mt-6" isBusy={isBusy}>
          {verb}
        </Button>
      </div>
      {failure !== null && (
        <div className="mt-2">
          <Notice kind="bad">{failure.message}</Notice>
        </div>
      )}
    </form>
  )
}
