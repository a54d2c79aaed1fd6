import * as RadixDialog from '@radix-ui/react-dialog'
import type { ReactNode } from 'react'
import { useWords } from '../language/language.tsx'
import { sharedWords } from '../language/shared-words.ts'
import { useFocusBack } from '../manners/use-focus-back.ts'
import { IconButton } from './button.tsx'

export type DialogProps = {
  title: string
  /** What it is for, for those who do not see what lies behind it. */
  sentence: string
  onClose: () => void
  children: ReactNode
}

/** A question over the page. It is there while it is rendered; no dialog opens from a dialog. */
export function Dialog({ title, sentence, onClose, children }: DialogProps) {
  const words = useWords(sharedWords)
  const giveFocusBack = useFocusBack()
  return (
    <RadixDialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="fixed inset-0 z-40 bg-veil" />
        <RadixDialog.Content
          onCloseAutoFocus={giveFocusBack}
          className="fixed inset-x-4 top-[12vh] z-40 mx-auto max-h-[80vh] max-w-[32rem] overflow-y-auto rounded bg-paper p-6 shadow-float outline-none"
        >
          <div className="flex items-start justify-between gap-4">
            <RadixDialog.Title className="text-20">{title}</RadixDialog.Title>
            <RadixDialog.Close asChild>
              <IconButton icon="close" label={words.close} className="-mt-1 -mr-2" />
            </RadixDialog.Close>
          </div>
          <RadixDialog.Description className="mt-1 mb-4 text-14 text-grey-3">
            {sentence}
          </RadixDialog.Description>
          {children}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  )
}

/** The row of buttons at the end of a dialog or form. */
export function Actions({ children }: { children: ReactNode }) {
  return <div className="mt-6 flex flex-wrap justify-end gap-2">{children}</div>
}
