import * as Tooltip from '@radix-ui/react-tooltip'
import type { ReactNode } from 'react'

/** Words that appear at the pointer and at the focus. What it wraps must make sense without them. */
export function Tip({ text, children }: { text: string; children: ReactNode }) {
  return (
    <Tooltip.Root delayDuration={300}>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          sideOffset={4}
          className="z-50 max-w-80 rounded bg-ink px-2 py-1 text-12 text-paper shadow-float"
        >
          {text}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
