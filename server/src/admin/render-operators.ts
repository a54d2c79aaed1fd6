import Type from 'typebox'
import { operatorRoles, type Operator } from '../domain/operator.ts'
import type { OpenOperatorSession, OperatorSession } from '../engine/ports/operator-sessions.ts'
import type { ListedOperator } from '../engine/ports/operators.ts'
import type { Passkey } from '../engine/ports/second-factors.ts'
import { nullable } from './answers.ts'

/*
 * How the admin API, and `--json` on the command line, render operators and their sessions, and the schemas of both.
 */

const text = Type.String()
const moment = Type.String({ format: 'date-time' })
const example = {
  id: 'OPR_0f1e2d3c4b5a',
  email: 'ada@example.com',
  name: 'Ada',
  role: 'owner',
  projects: null,
} as const

export const roleSchema = Type.Union(operatorRoles.map((role) => Type.Literal(role)))

const operatorFields = {
  id: text,
  email: text,
  name: text,
  role: roleSchema,
  projects: nullable(Type.Array(text)),
}

export const operatorSchema = Type.Object(operatorFields, { examples: [example] })

export const listedOperatorSchema = Type.Object(
  {
    ...operatorFields,
    createdAt: moment,
    lastSeenAt: nullable(moment),
    sessions: Type.Integer(),
    secondFactor: Type.Boolean(),
  },
  {
    examples: [
      {
        ...example,
        createdAt: '2030-01-31T08:00:00.000Z',
        lastSeenAt: '2030-01-31T09:00:00.000Z',
        sessions: 1,
        secondFactor: true,
      },
    ],
  },
)

/** An operator as the operator sees it. */
export const renderOperator = ({ id, email, name, role, projects }: Operator) => ({
  id,
  email,
  name,
  role,
  projects,
})

/** An operator in a list. */
export const renderListedOperator = (operator: ListedOperator) => ({
  ...renderOperator(operator),
  createdAt: operator.createdAt.toISOString(),
  lastSeenAt: operator.lastSeenAt?.toISOString() ?? null,
  sessions: operator.sessions,
  secondFactor: operator.hasSecondFactor,
})

export const sessionSchema = Type.Object(
  {
    sessionId: text,
    state: Type.Union([Type.Literal('signed-in'), Type.Literal('second-factor')]),
    operator: Type.Object(operatorFields),
    secondFactor: Type.Object({
      passkeys: Type.Integer(),
      totp: Type.Boolean(),
      recoveryCodes: Type.Integer(),
    }),
    expiresAt: moment,
  },
  {
    examples: [
      {
        sessionId: 'OPS_0f1e2d3c4b5a',
        state: 'signed-in',
        operator: example,
        secondFactor: { passkeys: 1, totp: true, recoveryCodes: 10 },
        expiresAt: '2030-01-31T08:00:00.000Z',
      },
    ],
  },
)

/** The session of who calls. */
export const renderSession = ({ session, operator, factors }: OpenOperatorSession) => ({
  sessionId: session.id,
  state: session.isComplete ? 'signed-in' : 'second-factor',
  operator: renderOperator(operator),
  secondFactor: factors,
  expiresAt: session.expiresAt.toISOString(),
})

export const listedSessionSchema = Type.Object(
  {
    sessionId: text,
    isCurrent: Type.Boolean(),
    method: Type.Union([Type.Literal('link'), Type.Literal('code'), Type.Literal('open-id')]),
    createdAt: moment,
    lastUsedAt: moment,
    expiresAt: moment,
    network: text,
    userAgent: text,
  },
  {
    examples: [
      {
        sessionId: 'OPS_0f1e2d3c4b5a',
        isCurrent: true,
        method: 'code',
        createdAt: '2030-01-31T08:00:00.000Z',
        lastUsedAt: '2030-01-31T09:00:00.000Z',
        expiresAt: '2030-02-01T08:00:00.000Z',
        network: '192.0.2.7',
        userAgent: 'Mozilla/5.0',
      },
    ],
  },
)

/** One of the sessions of an operator, of which `currentId` is the one that asks. */
export const renderListedSession = (session: OperatorSession, currentId: string) => ({
  sessionId: session.id,
  isCurrent: session.id === currentId,
  method: session.method,
  createdAt: session.createdAt.toISOString(),
  lastUsedAt: session.lastUsedAt.toISOString(),
  expiresAt: session.expiresAt.toISOString(),
  network: session.network,
  userAgent: session.userAgent,
})

export const passkeySchema = Type.Object(
  { passkeyId: text, name: text, createdAt: moment, lastUsedAt: nullable(moment) },
  {
    examples: [
      {
        passkeyId: 'PSK_0f1e2d3c4b5a',
        name: 'Laptop',
        createdAt: '2030-01-31T08:00:00.000Z',
        lastUsedAt: null,
      },
    ],
  },
)

/** A passkey without what it proves itself by. */
export const renderPasskey = ({ id, name, createdAt, lastUsedAt }: Passkey) => ({
  passkeyId: id,
  name,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
})
