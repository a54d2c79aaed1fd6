import { useState } from 'react'
import { useWords } from '../language/language.tsx'
import { sharedWords } from '../language/shared-words.ts'
import { Button } from './button.tsx'
import { Actions, Dialog } from './dialog.tsx'
import { TextField } from './field.tsx'

export type ConfirmByNameProps = {
  title: string
  /** What goes, how much of it, and what cannot be undone. */
  sentence: string
  /** What must be typed. */
  name: string
  /** The verb on the button: "Revoke key". */
  verb: string
  onConfirm: () => Promise<unknown>
  onClose: () => void
}

/** Asks before something is destroyed: its name must be typed. A failure stays in the dialog. */
export function ConfirmByName({ title, sentence, onClose, ...form }: ConfirmByNameProps) {
  return (
    <Dialog title={title} sentence={sentence} onClose={onClose}>
      <ConfirmForm {...form} onClose={onClose} />
    </Dialog>
  )
}

/** The question itself, for a panel, from which no dialog may open. */
export function ConfirmForm({
  name,
  verb,
  onConfirm,
  onClose,
}: Omit<ConfirmByNameProps, 'title' | 'sentence'>) {
  const words = useWords(sharedWords)
  const [typed, setTyped] = useState('')
  const [isBusy, setIsBusy] = useState(false)
  const [mistake, setMistake] = useState<string | null>(null)

  const confirm = async () => {
    if (typed.trim() !== name) return setMistake(words.nameDiffers(name))
    setIsBusy(true)
    try {
      await onConfirm()
      onClose()
    } catch (error) {
      setMistake(error instanceof Error ? error.message : String(error))
      setIsBusy(false)
    }
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void confirm()
      }}
    >
      <TextField
        label={words.typeName(name)}
        name="confirmation"
        value={typed}
        onChange={setTyped}
        mistake={mistake}
        autoComplete="off"
      />
      <Actions>
        <Button onClick={onClose}>{words.cancel}</Button>
        <Button look="danger" type="submit" isBusy={isBusy}>
          {verb}
        </Button>
      </Actions>
    </form>
  )
}
