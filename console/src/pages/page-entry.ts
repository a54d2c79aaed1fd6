import type { ComponentType } from 'react'
import type { IconName } from '../components/icon.tsx'
import type { Words } from '../language/words.ts'

type Load = () => Promise<{ default: ComponentType }>

/** A page: its place in the rail, its address, and its code, which is loaded when the page is opened. */
export type PageEntry = {
  /** Below `/console`. */
  path: string
  names: Words<string>
  /** For the bar of a phone, where the name is too long for a quarter of it. */
  shortNames?: Words<string>
  icon: IconName
  /** What it is in the rail with. */
  group: 'watch' | 'set-up' | 'try'
  /** Found by its address and its name, but not in the rail. */
  isUnlisted?: boolean
  /** `session` needs a signed-in operator; `development` needs none, and exists on a server of development only. */
  access: 'session' | 'development'
  load: Load
  /** Panels over the page, by their path below it, such as `$id`. The page renders `<Outlet />`. */
  panels?: readonly { path: string; load: Load }[]
  /** The parameter that takes what is searched for in the head. The first page with one is where a search leads. */
  searchedBy?: string
}
