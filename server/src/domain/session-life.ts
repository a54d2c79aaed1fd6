/** How long a session and its tokens live. A mount may set it for the sessions that it opens. */
export type SessionLife = {
  /** Of an access token. */
  accessTokenSeconds: number
  /** Of a session that is not refreshed. */
  idleSeconds: number
  /** Of a session, however often it is refreshed. */
  lifeSeconds: number
}

const day = 86_400

/** Ten minutes, 14 days and 30 days (T2, T3). */
export const defaultSessionLife: SessionLife = Object.freeze({
  accessTokenSeconds: 600,
  idleSeconds: 14 * day,
  lifeSeconds: 30 * day,
})

/** Others check access tokens without asking us, so theirs can only be shortened (T2). The rest may be a year. */
export const sessionLifeBounds: Readonly<Record<keyof SessionLife, readonly [min: number, max: number]>> = {
  accessTokenSeconds: [60, defaultSessionLife.accessTokenSeconds],
  idleSeconds: [60, 365 * day],
  lifeSeconds: [60, 365 * day],
}

/** Names the mount that opened a session: the dialect and its prefix. */
export type MountName = string & { readonly brand: 'MountName' }

/** The name of a mount. */
export const mountNameOf = ({ dialect, prefix }: { dialect: string; prefix: string }): MountName =>
  `${dialect}${prefix}` as MountName

/** The life of sessions by the mount that opened them; null for sessions from before mounts were recorded. */
export type LifeOf = (mount: MountName | null) => SessionLife
