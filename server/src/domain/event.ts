import type { AccountId, ChallengeId } from './challenge.ts'
import type { ProjectId, WorkspaceId } from './project.ts'

/**
 * Everything that is recorded, by name: its description, its details, and whether webhooks may subscribe to it. A detail
 * is never a code, a password, a token, a key or an address. Tables in docs/audit.md and docs/webhooks.md show it.
 */
export const eventCatalogue = {
  'challenge.created': publicEvent(
    'A send was accepted; `keyId` is null where no API key asked for it.',
    'purpose',
    'channel',
    'content',
    'keyId',
  ),
  'challenge.refused': internalEvent('A send was refused.', 'purpose', 'channel', 'refusal'),
  'challenge.accepted': internalEvent('A carrier took the message.', 'carrier'),
  'challenge.delivered': publicEvent('A carrier reported that the message arrived.', 'carrier'),
  'challenge.undelivered': publicEvent(
    'A carrier reported that the message did not arrive: `undelivered`, or `expired` at the carrier.',
    'carrier',
    'reason',
  ),
  'challenge.failed': publicEvent(
    'The message will not arrive: `refused` by every carrier, or too `late`.',
    'carrier',
    'reason',
  ),
  'challenge.verified': publicEvent('The code was spent.', 'purpose'),
  'challenge.inspected': internalEvent('The code was right and stays unspent.', 'purpose'),
  'challenge.attempt-failed': internalEvent('A check was refused.', 'purpose', 'refusal'),
  'challenge.locked': publicEvent('The attempts of the code are used up.', 'purpose'),
  'challenge.expired': publicEvent('The code expired unused.', 'purpose', 'channel'),
  'refusals.counted': internalEvent(
    'That many more refusals of one kind, after the first twenty in ten minutes.',
    'event',
    'refusal',
    'count',
  ),
  'address.locked': internalEvent('Too many wrong codes: the codes of the address are locked.', 'until'),
  'address.unlocked': action(
    'An operator ended the lock of an address, or its owner proved another address: then the lock ends at `until`.',
    'until',
  ),
  'destination.stopped': publicEvent(
    'Too few codes to a prefix of phone numbers were verified, or too many were sent: nothing goes there for an hour.',
    'prefix',
    'reason',
    'sends',
    'verified',
    'until',
  ),
  'destination.released': action('An operator released a stopped prefix.', 'prefix'),
  'account.created': publicEvent('An account was registered or signed up.', 'accountType', 'via'),
  'account.replaced': internalEvent('A registration replaced one that nobody had verified.'),
  'account.contested': internalEvent(
    'Somebody registered an address that has an owner; the owner gets a notice.',
  ),
  'account.imported': publicAction('An account was imported by an operator.', 'accountType'),
  'account.phone-claimed': internalEvent(
    'A login by a code to the e-mail address gave the account its first phone, which nobody has proven.',
  ),
  'account.verified': publicEvent('An address of the account was proven.', 'channel'),
  'account.removed': publicEvent('An account that nobody had verified gave way to the owner of its address.'),
  'account.changed': publicAction(
    'An operator changed addresses, names or the language of the account; `changed` names them.',
    'changed',
  ),
  'account.disabled': publicAction('An operator disabled the account.'),
  'account.enabled': publicAction('An operator enabled the account again.'),
  'account.locked': publicEvent('Ten wrong passwords: password login is locked.', 'until'),
  'password.set': internalEvent('A registration stored its password.'),
  'password.dropped': internalEvent(
    'The password of a registration was not stored: its address has an owner, or a newer registration.',
  ),
  'password.attempted': internalEvent(
    'A password was given; `refused` while password login is locked, or the network has failed too often.',
    'outcome',
  ),
  'password.accepted': internalEvent('The password was right.'),
  'password.reset': publicEvent('The password was replaced by means of a code.'),
  'session.opened': internalEvent('A login succeeded.', 'sessionId', 'method'),
  'session.refreshed': internalEvent('A refresh token was spent for the next.', 'sessionId'),
  'session.reused': internalEvent(
    'A refresh token came back after it was spent: the session ends.',
    'sessionId',
  ),
  'session.refused': internalEvent('A refresh was refused.', 'sessionId', 'refusal'),
  'session.ended': internalEvent('A session ended.', 'sessionId', 'reason'),
  'person.erased': publicAction('A person was erased.', 'accounts', 'challenges'),
  'business.created': action('A business was created.', 'businessId'),
  'business.changed': action('Name, type or standing of a business were changed.', 'businessId', 'changed'),
  'business.deleted': action('A business was removed; its members stay users.', 'businessId', 'members'),
  'business.joined': action('An account became a member of a business.', 'businessId'),
  'business.left': action('An account is no longer a member of a business.', 'businessId'),
  'key.created': action('An API key was created.', 'keyId', 'scopes', 'expiresAt'),
  'key.revoked': action('An API key was revoked.', 'keyId'),
  'project.created': action('A project was created.'),
  'project.changed': action('Name, settings or tokens of a project were changed.', 'changed'),
  'project.disabled': action('A project was disabled: it answers nobody.'),
  'project.enabled': action('A disabled project was enabled again.'),
  'project.deleted': action('A disabled project was deleted. What it has stored is erased from now on.'),
  'project.erased': internalEvent('Nothing of a deleted project is left but its events.', 'projectId'),
  'text.changed': action('A project wrote a text of its own.', 'channel', 'purpose', 'locale'),
  'text.removed': action('A text of a project was removed.', 'channel', 'purpose', 'locale'),
  'quota.low': publicEvent('A tenth of the tokens is left.', 'granted', 'used'),
  'quota.exhausted': publicEvent('The last token was spent.', 'granted', 'used'),
  'webhook.created': action('A webhook was created.', 'webhookId'),
  'webhook.changed': action('A webhook was changed.', 'webhookId', 'changed'),
  'webhook.deleted': action('A webhook was deleted.', 'webhookId'),
  'webhook.disabled': publicEvent(
    'A webhook was disabled, because it answered 410 or failed too long.',
    'webhookId',
    'reason',
  ),
  'webhook.replayed': action('An operator had events delivered again.', 'webhookId', 'deliveries'),
  'opt-out.added': internalEvent('A person answered STOP to the sender of a carrier.', 'carrier', 'by'),
  'opt-out.removed': action(
    'A number gets messages of a carrier again: its owner answered START, or an operator said so.',
    'carrier',
    'by',
  ),
  'carrier.created': action('A carrier was added while servers were running.', 'carrier', 'kind'),
  'carrier.changed': action('The settings of an added carrier were replaced.', 'carrier', 'kind'),
  'carrier.removed': action('An added carrier was removed.', 'carrier', 'kind'),
  'address.revealed': action('An operator was shown the address of a verification in full.', 'reason'),
  'operator.invited': action('An operator was invited.', 'operatorId', 'role', 'projects'),
  'operator.link-made': action('A link was made that signs an operator in once.', 'operatorId'),
  'operator.changed': action('An operator was changed; `changed` names what.', 'operatorId', 'changed'),
  'operator.removed': action('An operator was removed, with the sessions.', 'operatorId'),
  'operator.signed-in': internalEvent(
    'An operator signed in; `factor` is the second factor, or null.',
    'operatorId',
    'sessionId',
    'method',
    'factor',
  ),
  'operator.second-factor-refused': internalEvent(
    'The answer to the question for the second factor was wrong.',
    'operatorId',
    'factor',
  ),
  'operator.signed-out': action('The session of an operator was ended.', 'operatorId', 'sessionId'),
  'operator.factor-added': action('An operator has a new second factor.', 'operatorId', 'factor'),
  'operator.factor-removed': action('An operator has lost a second factor.', 'operatorId', 'factor'),
  'audit.exported': action('Events were exported with addresses in full.', 'reason', 'from', 'until'),
} as const satisfies Record<string, EventKind<string>>

type EventKind<Detail extends string> = {
  readonly description: string
  readonly details: readonly Detail[]
  /** Whether webhooks may subscribe to it. Not if only an auditor needs it, or if it would double the traffic. */
  readonly isPublic: boolean
  /** Whether it is somebody's deed: then `actor` is among its details, which the store adds because it knows who acts. */
  readonly isAction: boolean
}

function publicEvent<const Detail extends string = never>(
  description: string,
  ...details: Detail[]
): EventKind<Detail> {
  return { description, details, isPublic: true, isAction: false }
}

function internalEvent<const Detail extends string = never>(
  description: string,
  ...details: Detail[]
): EventKind<Detail> {
  return { description, details, isPublic: false, isAction: false }
}

function publicAction<const Detail extends string = never>(
  description: string,
  ...details: Detail[]
): EventKind<Detail> {
  return { description, details, isPublic: true, isAction: true }
}

function action<const Detail extends string = never>(
  description: string,
  ...details: Detail[]
): EventKind<Detail> {
  return { description, details, isPublic: false, isAction: true }
}

export type EventType = keyof typeof eventCatalogue

export const eventTypes = Object.keys(eventCatalogue) as EventType[]

/** The types that webhooks may subscribe to. */
export const webhookEventTypes = eventTypes.filter((type) => eventCatalogue[type].isPublic)

type DetailsOf<Type extends EventType> = {
  readonly [Detail in (typeof eventCatalogue)[Type]['details'][number]]:
    | string
    | number
    | null
    | readonly string[]
}

/** The scope of events that belong to the whole server and not to a project. */
export const serverScope = 'server' as const

export type EventScope = ProjectId | WorkspaceId | typeof serverScope

/** A change to record. It belongs to a project, to the workspace whose key it is about, or to the server. */
export type NewEvent = {
  [Type in EventType]: {
    scope: EventScope
    type: Type
    challengeId?: ChallengeId | null
    accountId?: AccountId | null
    /** Only if neither id leads to the address. */
    address?: string
    details: DetailsOf<Type>
  }
}[EventType]

/** An event as it is read. */
export type RecordedEvent = {
  id: string
  scope: string
  type: EventType
  at: Date
  challengeId: string | null
  accountId: AccountId | null
  /** Null without an address, after the person was erased, or after the record that held it was dropped. */
  address: string | null
  details: Readonly<Record<string, unknown>>
}

/** The moment that an id contains: seconds and milliseconds in hexadecimal digits. */
export const eventMoment = (id: string): Date =>
  new Date(Number.parseInt(id.slice(0, 8), 16) * 1000 + Number.parseInt(id.slice(8, 12), 16))
