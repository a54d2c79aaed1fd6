import * as RadixTabs from '@radix-ui/react-tabs'
import type { ReactNode } from 'react'

export type Tab = { id: string; label: ReactNode; content: ReactNode }

/** Views of the same thing, one at a time. Give `value` and `onChange` to keep the choice in the URL. */
export function Tabs({
  label,
  tabs,
  action,
  value,
  onChange,
}: {
  label: string
  tabs: readonly Tab[]
  /** What can be done with the view that is shown. */
  action?: ReactNode
  value?: string
  onChange?: (id: string) => void
}) {
  return (
    <RadixTabs.Root
      defaultValue={tabs[0]?.id ?? ''}
      {...(value === undefined ? {} : { value })}
      {...(onChange === undefined ? {} : { onValueChange: onChange })}
    >
      <div className="flex items-end justify-between gap-4 border-b border-grey-2">
        <RadixTabs.List aria-label={label} className="flex min-w-0 gap-4 overflow-x-auto">
          {tabs.map(({ id, label: words }) => (
            <RadixTabs.Trigger
              key={id}
              value={id}
              className="border-b-2 border-transparent py-2 text-14 whitespace-nowrap text-grey-3 outline-offset-[-2px] hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
            >
              {words}
            </RadixTabs.Trigger>
          ))}
        </RadixTabs.List>
        {action !== undefined && <div className="shrink-0 pb-1">{action}</div>}
      </div>
      {tabs.map(({ id, content }) => (
        <RadixTabs.Content key={id} value={id} className="pt-4">
          {content}
        </RadixTabs.Content>
      ))}
    </RadixTabs.Root>
  )
}
