import * as Dropdown from '@radix-ui/react-dropdown-menu'
import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'

const surface =
  'z-50 max-h-[70vh] min-w-56 overflow-y-auto rounded border border-grey-2 bg-paper py-1 text-14 shadow-float outline-none'
const itemClass =
  'flex w-full items-center gap-2 px-3 py-2 outline-none select-none data-[highlighted]:bg-grey-1 data-[disabled]:text-grey-3'

/** A list of actions that a button opens. */
export function Menu({ trigger, children }: { trigger: ReactNode; children: ReactNode }) {
  return (
    <Dropdown.Root modal={false}>
      <Dropdown.Trigger asChild>{trigger}</Dropdown.Trigger>
      <Dropdown.Portal>
        <Dropdown.Content align="end" sideOffset={4} className={surface}>
          {children}
        </Dropdown.Content>
      </Dropdown.Portal>
    </Dropdown.Root>
  )
}

/** An action of a menu. */
export function MenuItem({
  icon,
  onSelect,
  isDangerous = false,
  children,
}: {
  icon?: IconName
  onSelect: () => void
  isDangerous?: boolean
  children: ReactNode
}) {
  return (
    <Dropdown.Item className={`${itemClass} ${isDangerous ? 'text-bad' : ''}`} onSelect={onSelect}>
      {icon !== undefined && <Icon name={icon} size={16} />}
      {children}
    </Dropdown.Item>
  )
}

/** One of several, of which one is chosen. */
export function MenuChoice<Value extends string>({
  label,
  value,
  options,
  onChoose,
}: {
  label: string
  value: Value
  options: readonly { value: Value; label: string }[]
  onChoose: (value: Value) => void
}) {
  return (
    <Dropdown.RadioGroup
      value={value}
      onValueChange={(chosen) => onChoose(chosen as Value)}
      aria-label={label}
    >
      <Dropdown.Label className="px-3 pt-2 pb-1 text-12 text-grey-3">{label}</Dropdown.Label>
      {options.map((option) => (
        <Dropdown.RadioItem key={option.value} value={option.value} className={itemClass}>
          <span className="w-4">
            <Dropdown.ItemIndicator>
              <Icon name="check" size={16} />
            </Dropdown.ItemIndicator>
          </span>
          {option.label}
        </Dropdown.RadioItem>
      ))}
    </Dropdown.RadioGroup>
  )
}

/** Words of a menu that do nothing. */
export function MenuNote({ children }: { children: ReactNode }) {
  return <div className="px-3 py-2 text-12 text-grey-3">{children}</div>
}

export const MenuLine = () => <Dropdown.Separator className="my-1 h-px bg-grey-2" />
