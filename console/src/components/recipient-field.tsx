import { TextField, type TextFieldProps } from './field.tsx'

export type RecipientFieldProps = Omit<TextFieldProps, 'type' | 'placeholder'> & { isMail: boolean }

/** Where a test message goes: an address of mail, or a number. */
export const RecipientField = ({ isMail, ...field }: RecipientFieldProps) => (
  <div className="min-w-56 flex-1">
    <TextField
      type={isMail ? 'email' : 'tel'}
      placeholder={isMail ? 'you@example.com' : '+2250701020304'}
      isCode
      autoComplete="off"
      {...field}
    />
  </div>
)
