import { useWords } from '../language/language.tsx'
import { sharedWords } from '../language/shared-words.ts'
import { useCopy } from '../manners/use-copy.ts'
import { Button, type ButtonProps } from './button.tsx'
import { Icon } from './icon.tsx'

type CopyButtonProps = Pick<ButtonProps, 'look' | 'size' | 'className'> & { text: string; label?: string }

/** Copies a text, and says so. */
export function CopyButton({ text, label, look = 'plain', size = 'small', className }: CopyButtonProps) {
  const words = useWords(sharedWords)
  const { isCopied, copy } = useCopy()
  return (
    <Button
      look={look}
      size={size}
      icon={isCopied ? 'check' : 'copy'}
      onClick={() => void copy(text)}
      {...(className === undefined ? {} : { className })}
    >
      <span aria-live="polite">{isCopied ? words.copied : (label ?? words.copy)}</span>
    </Button>
  )
}

/** An id or a code, which one press copies. */
export function Copyable({ text }: { text: string }) {
  const words = useWords(sharedWords)
  const { isCopied, copy } = useCopy()
  return (
    <button
      type="button"
      title={words.copy}
      onClick={() => void copy(text)}
      className="group inline-flex max-w-full items-center gap-1 rounded px-1 text-left font-mono text-14 break-all hover:bg-grey-1"
    >
      {text}
      <span className="text-grey-3">
        <Icon name={isCopied ? 'check' : 'copy'} size={16} />
      </span>
      <span className="sr-only" aria-live="polite">
        {isCopied ? words.copied : ''}
      </span>
    </button>
  )
}
