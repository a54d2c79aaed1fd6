import type { ComponentProps } from 'react'
import { Icon, type IconName } from './icon.tsx'

type Look = 'primary' | 'plain' | 'quiet' | 'danger'

const looks: Record<Look, string> = {
  primary: 'bg-accent text-on-accent hover:bg-[color-mix(in_srgb,var(--accent)_88%,var(--ink))]',
  plain: 'border border-edge bg-paper hover:bg-grey-1',
  quiet: 'text-grey-3 hover:bg-grey-1 hover:text-ink',
  danger: 'bg-bad text-paper hover:bg-[color-mix(in_srgb,var(--bad)_88%,var(--ink))]',
}

/** How a button looks, for a link that should look like one. */
export const buttonClass = (look: Look = 'plain', size: 'usual' | 'small' = 'usual'): string =>
  `inline-flex items-center justify-center gap-2 rounded font-strong whitespace-nowrap transition-colors disabled:opacity-50 ${
    size === 'small' ? 'h-8 px-3 text-12' : 'h-9 px-4 text-14'
  } ${looks[look]}`

export type ButtonProps = ComponentProps<'button'> & {
  look?: Look
  size?: 'usual' | 'small'
  icon?: IconName
  /** While its work runs it keeps its words, and does not take a second press. */
  isBusy?: boolean
}

/** A button: a verb, and what it is done to. */
export function Button({ look, size, icon, isBusy = false, children, className = '', ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={isBusy || rest.disabled === true}
      aria-busy={isBusy || undefined}
      className={`${buttonClass(look, size)} ${className}`}
    >
      {icon !== undefined && <Icon name={icon} size={16} />}
      {children}
    </button>
  )
}

/** A button that shows a drawing only; its label is what a screen reader says and what appears under the pointer. */
export function IconButton({
  icon,
  label,
  className = '',
  ...rest
}: ComponentProps<'button'> & { icon: IconName; label: string }) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      {...rest}
      className={`inline-flex size-9 shrink-0 items-center justify-center rounded text-grey-3 transition-colors hover:bg-grey-1 hover:text-ink disabled:opacity-50 ${className}`}
    >
      <Icon name={icon} />
    </button>
  )
}
