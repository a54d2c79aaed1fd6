import type { Purpose, PurposeName } from '../domain/purpose.ts'
import { createCheckPassword } from './accounts/check-password.ts'
import { createCheckPhoneCode } from './accounts/check-phone-code.ts'
import { createFindAccount } from './accounts/find-account.ts'
import { createReadEnteredPhone } from './accounts/read-entered-phone.ts'
import { createRegisterAccount } from './accounts/register-account.ts'
import { createRequestCode } from './accounts/request-code.ts'
import { createRequestPairCode } from './accounts/request-pair-code.ts'
import { createRequestPhoneCode } from './accounts/request-phone-code.ts'
import { createResetPassword } from './accounts/reset-password.ts'
import { createValidateCode } from './accounts/validate-code.ts'
import { createVerifyAccount } from './accounts/verify-account.ts'
import { createVerifyPairCode } from './accounts/verify-pair-code.ts'
import { createAdmitSend } from './codes/admit-send.ts'
import { type CheckCode, createCheckCode } from './codes/check-code.ts'
import { createCheckSpelledCode } from './codes/check-spelled-code.ts'
import type { CodeKeyring } from './codes/code-keys.ts'
import { createCountRequest } from './codes/count-request.ts'
import { createKeepProof } from './codes/keep-proof.ts'
import { createPuzzles, type PuzzlesParts } from './codes/puzzles.ts'
import { createReadRecords } from './codes/read-records.ts'
import { createSendCode, type DestinationStop, type SendCode } from './codes/send-code.ts'
import { createAuthorizeKey } from './operations/api-keys.ts'
import { createLoadProject } from './operations/load-project.ts'
import type { AccessTokens } from './ports/access-tokens.ts'
import type { AccountStore } from './ports/accounts.ts'
import type { ApiKeyStore } from './ports/api-keys.ts'
import type { ChallengeStore } from './ports/challenges.ts'
import type { Dispatcher } from './ports/dispatcher.ts'
import type { PasswordHashing } from './ports/password-hashing.ts'
import type { ProjectStore } from './ports/projects.ts'
import type { ProofStore } from './ports/proofs.ts'
import type { RecordStore } from './ports/records.ts'
import type { SessionStore } from './ports/sessions.ts'
import { createAuthenticate } from './sessions/authenticate.ts'
import { createLogInByPhone } from './sessions/log-in-by-phone.ts'
import { createLogInWithCode } from './sessions/log-in-with-code.ts'
import { createLogInWithPassword } from './sessions/log-in-with-password.ts'
import { createLogInWithPhonePassword } from './sessions/log-in-with-phone-password.ts'
import { createLogInWithProof } from './sessions/log-in-with-proof.ts'
import { createLogOut } from './sessions/log-out.ts'
import { createOpenSession } from './sessions/open-session.ts'
import { createRefreshSession } from './sessions/refresh-session.ts'
import { createSignUpWithProof } from './sessions/sign-up-with-proof.ts'

/** Everything that the engine needs of the world. */
export type World = {
  challenges: ChallengeStore
  records: RecordStore
  projects: ProjectStore
  keys: ApiKeyStore
  accounts: AccountStore
  sessions: SessionStore
  proofs: ProofStore
  dispatcher: Dispatcher
  keyring: CodeKeyring
  accessTokens: AccessTokens
  passwords: PasswordHashing
  /** The passwords that everybody tries first (A2). */
  commonPasswords: ReadonlySet<string>
  /** What puzzles are signed with, and the database's clock. */
  puzzleParts: PuzzlesParts
  /** The domains that throw their e-mail addresses away. */
  disposableDomains: () => ReadonlySet<string>
  /** Told of each prefix of phone numbers that is stopped as pumping (S4). */
  onStop: (stop: DestinationStop) => void
  /** Told of every send and check once it is committed; `outcome` is `accepted` or the refusal. */
  count: {
    send(purpose: PurposeName, outcome: string): void
    check(purpose: PurposeName, outcome: string): void
  }
  /** Where faults go that no request waits for. */
  onFault: (fault: unknown) => void
}

export type Engine = ReturnType<typeof createEngine>

/** Makes every use case once. A dialect takes the few that it answers for. */
export function createEngine(world: World) {
  const puzzles = createPuzzles(world.puzzleParts)
  const admitSend = createAdmitSend({ ...world, puzzles })
  const sendCode: SendCode = counted(createSendCode({ ...world, admitSend }), world.count.send)
  const checkCode: CheckCode = counted(createCheckCode(world), world.count.check)
  const findAccount = createFindAccount(world)
  const countRequest = createCountRequest(world)
  const openSession = createOpenSession(world)
  const checkPassword = createCheckPassword(world)
  const authenticate = createAuthenticate(world)
  const keepProof = createKeepProof(world)

  return {
    loadProject: createLoadProject(world.projects),
    authorizeKey: createAuthorizeKey(world),
    sendCode,
    issuePuzzle: puzzles.issue,
    checkCode,
    checkSpelledCode: createCheckSpelledCode({ ...world, checkCode, countRequest }),
    countRequest,
    readRecords: createReadRecords({ ...world, countRequest }),
    findAccount,

    registerAccount: createRegisterAccount({ ...world, sendCode }),
    verifyAccount: createVerifyAccount({ ...world, checkCode }),
    requestCode: createRequestCode({ ...world, sendCode }),
    validateCode: createValidateCode({ ...world, checkCode }),
    logInWithPassword: createLogInWithPassword({ checkPassword, openSession }),
    logInWithCode: createLogInWithCode({ ...world, checkCode, openSession }),
    resetPassword: createResetPassword({ ...world, checkCode, sendCode }),
    refreshSession: createRefreshSession(world),
    authenticate,
    logOut: createLogOut({ ...world, authenticate }),

    requestPhoneCode: createRequestPhoneCode({ ...world, findAccount, sendCode }),
    checkPhoneCode: createCheckPhoneCode({ findAccount, checkCode }),
    logInByPhone: createLogInByPhone({ ...world, findAccount, checkCode, openSession }),
    logInWithPhonePassword: createLogInWithPhonePassword({ checkPassword, openSession }),

    readEnteredPhone: createReadEnteredPhone(world),
    requestPairCode: createRequestPairCode({ findAccount, sendCode }),
    keepProof,
    verifyPairCode: createVerifyPairCode({ checkCode, keepProof }),
    signUpWithProof: createSignUpWithProof({ ...world, openSession }),
    logInWithProof: createLogInWithProof({ ...world, findAccount, openSession }),
  }
}

type Outcome = { ok: true } | { ok: false; refusal: string }

/** The same use case, with its outcome counted. */
const counted =
  <Command extends { purpose: Purpose }, Result extends Outcome>(
    decide: (command: Command) => Promise<Result>,
    count: (purpose: PurposeName, outcome: string) => void,
  ) =>
  async (command: Command): Promise<Result> => {
    const result = await decide(command)
    count(command.purpose.name, result.ok ? 'accepted' : result.refusal)
    return result
  }
