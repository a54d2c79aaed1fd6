import * as RadixDialog from '@radix-ui/react-dialog'
import type { ReactNode } from 'react'
import { useWords } from '../language/language.tsx'
import { sharedWords } from '../language/shared-words.ts'
import { useFocusBack } from '../manners/use-focus-back.ts'
import { IconButton } from './button.tsx'

export type SidePanelProps = {
  title: ReactNode
  sentence?: ReactNode
  action?: ReactNode
  /** Goes back to the URL of the list: `go('/users', 'kept')`. */
  onClose: () => void
  children: ReactNode
}

/**
 * Details over a list, which keeps its place behind them. The panel is a route below that of the list, so it has a URL of
 * its own: the list renders `<Outlet />`, and closing navigates to the list.
 */
export function SidePanel({ title, sentence, action, onClose, children }: SidePanelProps) {
  const words = useWords(sharedWords)
  const giveFocusBack = useFocusBack()
  return (
    <RadixDialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="fixed inset-0 z-30 bg-veil" />
        <RadixDialog.Content
          onCloseAutoFocus={giveFocusBack}
          {...(sentence === undefined ? { 'aria-describedby': undefined } : {})}
          className="fixed inset-y-0 right-0 z-30 flex w-full max-w-[44rem] flex-col bg-paper shadow-float outline-none"
        >
          <div className="flex items-start justify-between gap-4 border-b border-grey-2 px-4 py-4 md:px-6">
            <div className="min-w-0">
              <RadixDialog.Title className="text-20 break-words">{title}</RadixDialog.Title>
              {sentence !== undefined && (
                <RadixDialog.Description className="mt-1 text-14 text-grey-3">
                  {sentence}
                </RadixDialog.Description>
              )}
            </div>
            <div className="flex shrink-0 items-center gap-2">
              {action}
              <RadixDialog.Close asChild>
                <IconButton icon="close" label={words.close} />
              </RadixDialog.Close>
            </div>
          </div>
          <div className="flex-1 overflow-y-auto px-4 py-6 md:px-6">{children}</div>
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  )
}
