import type { Config } from '../config/config.ts'
import { defaultSessionLife, type LifeOf, mountNameOf } from '../domain/session-life.ts'

/** How long sessions live by the mount that opened them. A mount that is gone leaves its sessions the default. */
export function lifeByMount({ mounts }: Pick<Config, 'mounts'>): LifeOf {
  const lives = new Map(mounts.map((mount) => [mountNameOf(mount), mount.sessions]))
  return (mount) => (mount === null ? undefined : lives.get(mount)) ?? defaultSessionLife
}
