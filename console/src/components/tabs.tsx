import * as RadixTabs from '@radix-ui/react-tabs'
import type { ReactNode } from 'react'

export type Tab = { id: string; label: ReactNode; content: ReactNode }

/** Views of the same thing, one at a time. Give `value` and `onChange` to keep the choice in the URL. */
export function Tabs({
  label,
  tabs,
  value,
  onChange,
}: {
  label: string
  tabs: readonly Tab[]
  value?: string
  onChange?: (id: string) => void
}) {
  return (
    <RadixTabs.Root
      defaultValue={tabs[0]?.id ?? ''}
      {...(value === undefined ? {} : { value })}
      {...(onChange === undefined ? {} : { onValueChange: onChange })}
    >
      <RadixTabs.List aria-label={label} className="flex gap-4 overflow-x-auto border-b border-grey-2">
        {tabs.map(({ id, label: words }) => (
          <RadixTabs.Trigger
            key={id}
            value={id}
            className="-mb-px border-b-2 border-transparent py-2 text-14 whitespace-nowrap text-grey-3 outline-offset-[-2px] hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {words}
          </RadixTabs.Trigger>
        ))}
      </RadixTabs.List>
      {tabs.map(({ id, content }) => (
        <RadixTabs.Content key={id} value={id} className="pt-4">
          {content}
        </RadixTabs.Content>
      ))}
    </RadixTabs.Root>
  )
}
