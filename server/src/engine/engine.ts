import type { Purpose, PurposeName } from '../domain/purpose.ts'
import type { LifeOf, MountName } from '../domain/session-life.ts'
import { createCheckPassword } from './accounts/check-password.ts'
import { createCheckPhoneCode } from './accounts/check-phone-code.ts'
import { createCompleteAccount } from './accounts/complete-account.ts'
import { createFindAccount, type FindAccount } from './accounts/find-account.ts'
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
import { createCheckCodeAsEntered } from './codes/check-code-as-entered.ts'
import type { CodeKeyring } from './codes/code-keys.ts'
import { createCountRequest } from './codes/count-request.ts'
import { createKeepProof } from './codes/keep-proof.ts'
import { createProofOfWork, type ProofOfWork, type ProofOfWorkParts } from './codes/proof-of-work.ts'
import { createReadRecords } from './codes/read-records.ts'
import { createSendCode, type DestinationStop, type SendCode } from './codes/send-code.ts'
import { createAuthorizeKey } from './operations/api-keys.ts'
import { createLoadProject } from './operations/load-project.ts'
import type { AccessTokens } from './ports/access-tokens.ts'
import type { AccountStore } from './ports/accounts.ts'
import type { ApiKeyStore } from './ports/api-keys.ts'
import type { BusinessStore } from './ports/businesses.ts'
import type { ChallengeStore } from './ports/challenges.ts'
import type { Dispatcher } from './ports/dispatcher.ts'
import type { PasswordHashing } from './ports/password-hashing.ts'
import type { PasswordStore } from './ports/passwords.ts'
import type { ProjectStore } from './ports/projects.ts'
import type { ProofStore } from './ports/proofs.ts'
import type { RecordStore } from './ports/records.ts'
import type { RegistrationStore } from './ports/registrations.ts'
import type { SessionStore } from './ports/sessions.ts'
import { createAuthenticate, createIdentifySession } from './sessions/authenticate.ts'
import { createLogInByPhone } from './sessions/log-in-by-phone.ts'
import { createLogInWithCode } from './sessions/log-in-with-code.ts'
import { createLogInWithPassword } from './sessions/log-in-with-password.ts'
import { createLogInWithPhonePassword } from './sessions/log-in-with-phone-password.ts'
import { createLogInWithProof } from './sessions/log-in-with-proof.ts'
import { createLogOut } from './sessions/log-out.ts'
import { createOpenSession } from './sessions/open-session.ts'
import { createRefreshSession } from './sessions/refresh-session.ts'
import { createSignUpWithProof } from './sessions/sign-up-with-proof.ts'

/** Everything that the engine needs of storage, delivery and the server. */
export type EngineDependencies = {
  challenges: ChallengeStore
  records: RecordStore
  projects: ProjectStore
  keys: ApiKeyStore
  accounts: AccountStore
  registrations: RegistrationStore
  passwords: PasswordStore
  businesses: BusinessStore
  sessions: SessionStore
  proofs: ProofStore
  dispatcher: Dispatcher
  keyring: CodeKeyring
  accessTokens: AccessTokens
  /** How long sessions live, by the mount that opened them. */
  lifeOf: LifeOf
  hashing: PasswordHashing
  /** Passwords that are too common to accept (A2). */
  commonPasswords: ReadonlySet<string>
  /** The secrets that sign proofs of work, and the database's clock. */
  proofOfWorkParts: ProofOfWorkParts
  /** The domains of disposable e-mail addresses. */
  disposableDomains: () => ReadonlySet<string>
  /** Called for each prefix of phone numbers that is stopped as pumping (S4). */
  onStop: (stop: DestinationStop) => void
  /** Called for every send and check after the commit; `outcome` is `accepted` or the refusal. */
  count: {
    send(purpose: PurposeName, outcome: string): void
    check(purpose: PurposeName, outcome: string): void
  }
  /** Called for faults outside of any request. */
  onFault: (fault: unknown) => void
}

export type Engine = ReturnType<typeof createEngine>

/** Makes every use case once. A dialect takes the few that it needs. */
export function createEngine(dependencies: EngineDependencies) {
  const { keys, projects, proofOfWorkParts, onFault } = dependencies
  const proofOfWork = createProofOfWork(proofOfWorkParts)
  const codes = createCodes(dependencies, proofOfWork)
  const findAccount = createFindAccount({ accounts: dependencies.accounts })
  const logInsOf = (mount: MountName | null) => createLogIns(dependencies, { codes, findAccount, mount })

  return {
    loadProject: createLoadProject(projects),
    authorizeKey: createAuthorizeKey({ keys, onFault }),
    issueWork: proofOfWork.issue,
    findAccount,
    ...codes,
    ...createAccountCases(dependencies, codes, findAccount),
    ...createSessionCases(dependencies),
    ...logInsOf(null),
    /** The use cases that open sessions, for one mount. */
    logInsOf,
  }
}

/** Sending and checking codes of any purpose, reading records and keeping proofs. */
function createCodes(
  { challenges, records, proofs, dispatcher, keyring, disposableDomains, onStop, count }: EngineDependencies,
  proofOfWork: ProofOfWork,
) {
  const admitSend = createAdmitSend({ proofOfWork, disposableDomains })
  const sendCode: SendCode = counted(
    createSendCode({ challenges, dispatcher, keyring, admitSend, onStop }),
    count.send,
  )
  const checkCode: CheckCode = counted(createCheckCode({ challenges, keyring }), count.check)
  const countRequest = createCountRequest({ challenges })
  return {
    sendCode,
    checkCode,
    checkCodeAsEntered: createCheckCodeAsEntered({ challenges, checkCode, countRequest }),
    countRequest,
    readRecords: createReadRecords({ records, countRequest }),
    keepProof: createKeepProof({ proofs }),
  }
}

type Codes = ReturnType<typeof createCodes>

/** Use cases of accounts that open no session. */
function createAccountCases(
  { challenges, accounts, registrations, passwords, hashing, commonPasswords }: EngineDependencies,
  { sendCode, checkCode, keepProof }: Codes,
  findAccount: FindAccount,
) {
  return {
    registerAccount: createRegisterAccount({ accounts, registrations, hashing, commonPasswords, sendCode }),
    verifyAccount: createVerifyAccount({ registrations, checkCode }),
    requestCode: createRequestCode({ accounts, sendCode }),
    validateCode: createValidateCode({ accounts, checkCode }),
    resetPassword: createResetPassword({
      accounts,
      passwords,
      hashing,
      commonPasswords,
      checkCode,
      sendCode,
    }),

    requestPhoneCode: createRequestPhoneCode({ challenges, findAccount, sendCode }),
    checkPhoneCode: createCheckPhoneCode({
      findAccount,
      checkCode,
      completeAccount: createCompleteAccount({ registrations }),
    }),

    readEnteredPhone: createReadEnteredPhone({ challenges }),
    requestPairCode: createRequestPairCode({ findAccount, sendCode }),
    verifyPairCode: createVerifyPairCode({ checkCode, keepProof }),
  }
}

/** Use cases of sessions that are open. */
function createSessionCases({ challenges, sessions, accessTokens, lifeOf }: EngineDependencies) {
  const identifySession = createIdentifySession({ sessions, accessTokens, lifeOf })
  return {
    identifySession,
    authenticate: createAuthenticate(identifySession),
    refreshSession: createRefreshSession({ sessions, challenges, accessTokens, lifeOf }),
    logOut: createLogOut({ sessions, identifySession }),
  }
}

/** Use cases that open sessions. Which mount did is kept with the session. */
function createLogIns(
  {
    challenges,
    accounts,
    registrations,
    passwords,
    businesses,
    sessions,
    proofs,
    accessTokens,
    hashing,
    lifeOf,
  }: EngineDependencies,
  {
    codes: { checkCode },
    findAccount,
    mount,
  }: { codes: Codes; findAccount: FindAccount; mount: MountName | null },
) {
  const openSession = createOpenSession({ sessions, accessTokens, lifeOf, mount })
  const checkPassword = createCheckPassword({ passwords, hashing })
  const completeAccount = createCompleteAccount({ registrations })
  return {
    logInWithPassword: createLogInWithPassword({ checkPassword, openSession }),
    logInWithPhonePassword: createLogInWithPhonePassword({ checkPassword, openSession }),
    logInWithCode: createLogInWithCode({ accounts, registrations, checkCode, openSession }),
    logInByPhone: createLogInByPhone({
      businesses,
      challenges,
      findAccount,
      checkCode,
      completeAccount,
      openSession,
    }),
    signUpWithProof: createSignUpWithProof({ registrations, proofs, openSession }),
    logInWithProof: createLogInWithProof({
      accounts,
      findAccount,
      proofs,
      completeAccount,
      openSession,
    }),
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
