import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { ConfirmByName } from '../../components/confirm-by-name.tsx'
import { Copyable } from '../../components/copy-button.tsx'
import { Actions, Dialog } from '../../components/dialog.tsx'
import { CheckField, TextField } from '../../components/field.tsx'
import { Menu, MenuItem } from '../../components/menu.tsx'
import { Popover } from '../../components/popover.tsx'
import { useToast } from '../../components/toast.tsx'
import { useForm } from '../../components/use-form.ts'
import { useWords } from '../../language/language.tsx'
import { words as partsWords } from './words.ts'

/** Buttons, and what they open. */
export function ButtonsPart() {
  const words = useWords(partsWords)
  const say = useToast()
  const [opened, open] = useState<'dialog' | 'confirm' | null>(null)
  const [isOnly, setIsOnly] = useState(true)
  const close = () => open(null)
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button look="primary" onClick={() => open('dialog')}>
        {words.open}
      </Button>
      <Button icon="copy">{words.plain}</Button>
      <Button look="quiet">{words.quiet}</Button>
      <Button look="danger" onClick={() => open('confirm')}>
        {words.danger}
      </Button>
      <Button isBusy>{words.primary}</Button>
      <Button onClick={() => say(words.said)}>{words.say}</Button>
      <Menu trigger={<Button icon="more">{words.actions}</Button>}>
        <MenuItem icon="trash" isDangerous onSelect={() => open('confirm')}>
          {words.danger}
        </MenuItem>
      </Menu>
      <Popover label={words.filters} trigger={<Button>{words.filters}</Button>}>
        <CheckField label={words.delivered} name="delivered" value={isOnly} onChange={setIsOnly} />
      </Popover>
      <Copyable text="6b0a0f2d00387b922cf124e7" />
      {opened === 'dialog' && <RenameDialog onClose={close} />}
      {opened === 'confirm' && (
        <ConfirmByName
          title={words.danger}
          sentence={words.revokeSentence}
          name="mobile app"
          verb={words.danger}
          onConfirm={async () => say(words.said)}
          onClose={close}
        />
      )}
    </div>
  )
}

function RenameDialog({ onClose }: { onClose: () => void }) {
  const words = useWords(partsWords)
  const form = useForm({
    initial: { name: '' },
    rules: { name: (name) => (name.trim() === '' ? words.nameMissing : null) },
    submit: async () => onClose(),
  })
  return (
    <Dialog title={words.dialog} sentence={words.dialogSentence} onClose={onClose}>
      <form {...form.formProps}>
        <TextField {...form.fieldProps('name')} label={words.projectName} />
        <Actions>
          <Button look="primary" type="submit" isBusy={form.isBusy}>
            {words.save}
          </Button>
        </Actions>
      </form>
    </Dialog>
  )
}
