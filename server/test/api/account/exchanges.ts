import type { Recorded } from '../exchange.ts'

/*
 * The `account` dialect, exchange by exchange, in the order in which they run. Beside the placeholders of `exchange.ts`
 * a request may hold `<access token>` and `<refresh token>`: those of the newest step `she logs in`.
 */

/** What happens before a request is sent. */
type Step =
  | 'ten minutes pass'
  | 'a quarter of an hour passes'
  | 'a day passes'
  | 'she logs in'
  | 'somebody asks for every code'
  | 'her account is disabled'
  | 'her account is enabled'
  | 'her password is tried ten times'
  | 'her code is tried ten times'
  | 'the caller fails on twenty addresses'
  | 'there is a cool-down'
  | 'there is no cool-down'
  | 'the tables are gone'
  | 'the tables are back'

export type AccountExchange = Recorded & {
  before?: Step[]
  /** A node that no database answers. */
  at?: 'a node without its database'
}

const she = 'user@example.com'
const nobody = 'nobody@example.com'
const pending = 'pending@example.com'
const json = { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' }
const bearer = { authorization: 'Bearer <access token>' }
const code = `<code to ${she}>`
const wrongCode = `<wrong code to ${she}>`

const success = (status: 200 | 201, message: string, data: unknown) => ({
  status,
  headers: json,
  body: { status: 'success', message, data },
})
const error = (status: number, message: string, data: unknown = null) => ({
  status,
  headers: json,
  body: { status: 'error', message, data },
})
const wrongFields = (...errors: [field: string, message: string][]) =>
  error(400, 'Données invalides', { errors: errors.map(([field, message]) => ({ field, message })) })
const tooMany = {
  ...error(429, 'Trop de demandes, veuillez réessayer plus tard'),
  headers: { ...json, 'retry-after': '<seconds>' },
}
const unauthorized = {
  ...error(401, "Jeton d'accès invalide ou expiré"),
  headers: { ...json, 'www-authenticate': 'Bearer' },
}
const codeRefused = error(400, 'Code invalide ou expiré')
const required = 'Ce champ est requis'
const notText = 'Ce champ doit être une chaîne de caractères'
const emailWrong = "L'adresse e-mail est invalide"
const codeWrong = 'Le code doit comporter exactement six chiffres'
const purposeWrong = 'Ce champ doit être ACCOUNT_VERIFICATION, LOGIN_CONFIRMATION ou FORGOT_PASSWORD'

const user = {
  id: '<number>',
  email: she,
  firstname: 'John',
  lastname: 'Doe',
  isVerified: true,
  createdAt: '<instant>',
}
const pair = { accessToken: '<token>', refreshToken: '<token>', tokenType: 'Bearer', expiresIn: 600 }
const registered = (email: string) =>
  success(201, 'Inscription enregistrée. Un code de vérification a été envoyé par e-mail', {
    email,
    expiresIn: 600,
  })
const requested = (email: string, more: object = {}) =>
  success(200, 'Si un compte correspond à cette adresse, un code a été envoyé par e-mail', {
    email,
    ...more,
    expiresIn: 600,
  })
const loggedIn = success(200, 'Connexion réussie', { ...pair, user })
const reset = success(200, 'Mot de passe réinitialisé avec succès', null)
const person = { email: she, password: 'your_password', firstname: 'John', lastname: 'Doe' }
const post = (path: string, body: unknown, headers: Record<string, string> = {}) => ({ path, body, headers })

const registering: AccountExchange[] = [
  {
    name: 'document: Inscription',
    request: post('/auth/register', person),
    answer: registered(she),
  },
  {
    name: 'register, every field missing',
    request: post('/auth/register', {}),
    answer: wrongFields(
      ['email', required],
      ['password', required],
      ['firstname', required],
      ['lastname', required],
    ),
  },
  {
    name: 'register, wrong types and wrong texts',
    request: post('/auth/register', { email: ['a', 'b'], password: 'short', firstname: '', lastname: 7 }),
    answer: wrongFields(
      ['email', notText],
      ['password', 'Le mot de passe doit comporter au moins 8 caractères'],
      ['firstname', 'Ce champ doit comporter de 1 à 100 caractères, sans caractère de contrôle'],
      ['lastname', notText],
    ),
  },
  {
    name: 'register, a password of 257 characters',
    request: post('/auth/register', { ...person, password: 'x'.repeat(257) }),
    answer: wrongFields(['password', 'Le mot de passe doit comporter au plus 256 caractères']),
  },
  {
    name: 'register, a common password',
    request: post('/auth/register', { ...person, password: 'Password123' }),
    answer: wrongFields(['password', 'Ce mot de passe est trop courant']),
  },
  {
    name: 'register, a password of the owner’s names',
    request: post('/auth/register', { ...person, password: 'John-Doe-1987' }),
    answer: wrongFields([
      'password',
      'Le mot de passe ne doit pas reprendre votre nom ni votre adresse e-mail',
    ]),
  },
  {
    name: 'register, in English',
    request: post('/auth/register', { ...person, email: pending }, { 'accept-language': 'en' }),
    answer: success(201, 'Registration recorded. A verification code has been sent by e-mail', {
      email: pending,
      expiresIn: 600,
    }),
  },
]

const verifying: AccountExchange[] = [
  {
    name: 'verify, a wrong code',
    request: post('/auth/verify', { email: she, code: wrongCode }),
    answer: codeRefused,
  },
  {
    name: 'verify, fields wrong',
    request: post('/auth/verify', { email: 'user', code: 123456 }),
    answer: wrongFields(['email', emailWrong], ['code', notText]),
  },
  {
    name: 'login, the right password of an account that is not verified',
    request: post('/auth/login', { email: she, password: 'your_password' }),
    answer: error(403, 'Compte non vérifié'),
  },
  {
    name: 'document: Vérification du Compte',
    request: post('/auth/verify', { email: she, code }),
    answer: success(200, 'Compte vérifié avec succès', { user }),
  },
  {
    name: 'verify, the form sent twice',
    request: post('/auth/verify', { email: she, code }),
    answer: success(200, 'Compte vérifié avec succès', { user }),
  },
  {
    name: 'verify, a used code',
    request: post('/auth/verify', { email: she, code }, { 'user-agent': 'somewhere else' }),
    answer: codeRefused,
  },
  {
    name: 'verify, an expired code',
    before: ['ten minutes pass'],
    request: post('/auth/verify', { email: pending, code: `<code to ${pending}>` }),
    answer: codeRefused,
  },
  {
    name: 'verify, nothing was sent',
    request: post('/auth/verify', { email: nobody, code: '123456' }),
    answer: codeRefused,
  },
  {
    name: 'register, a taken address',
    request: post('/auth/register', { ...person, password: 'somebody else' }),
    answer: registered(she),
  },
]

const loggingIn: AccountExchange[] = [
  {
    name: 'document: Connexion avec Mot de Passe',
    request: post('/auth/login', { email: she, password: 'your_password' }),
    answer: loggedIn,
  },
  {
    name: 'login, a wrong password',
    request: post('/auth/login', { email: she, password: 'somebody else' }),
    answer: error(401, 'Identifiants invalides'),
  },
  {
    name: 'login, an unknown address, in English',
    request: post(
      '/auth/login',
      { email: nobody, password: 'your_password' },
      { 'accept-language': 'en-US' },
    ),
    answer: error(401, 'Invalid credentials'),
  },
  {
    name: 'login, fields wrong',
    request: post('/auth/login', { email: `${she}, ${nobody}`, password: '' }),
    answer: wrongFields(['email', emailWrong], ['password', 'Ce champ ne doit pas être vide']),
  },
  {
    name: 'login, a disabled account',
    before: ['her account is disabled'],
    request: post('/auth/login', { email: she, password: 'your_password' }),
    answer: error(403, 'Compte désactivé'),
  },
  {
    name: 'login, after ten wrong passwords',
    before: ['her account is enabled', 'her password is tried ten times'],
    request: post('/auth/login', { email: she, password: 'your_password' }),
    answer: error(401, 'Identifiants invalides'),
  },
  {
    name: 'document: Génération d’OTP pour Connexion',
    before: ['a quarter of an hour passes'],
    request: post('/auth/login/otp/generate', { email: she }),
    answer: requested(she),
  },
  {
    name: 'login/otp/generate, an unknown address',
    request: post('/auth/login/otp/generate', { email: nobody }),
    answer: requested(nobody),
  },
  {
    name: 'login/otp/generate, a list of addresses',
    request: post('/auth/login/otp/generate', { email: [she, nobody] }),
    answer: wrongFields(['email', notText]),
  },
  {
    name: 'login/otp, a wrong code',
    request: post('/auth/login/otp', { email: she, code: wrongCode }),
    answer: error(401, 'Code invalide ou expiré'),
  },
  {
    name: 'login/otp, a code of five digits',
    request: post('/auth/login/otp', { email: she, code: '12345' }),
    answer: wrongFields(['code', codeWrong]),
  },
  {
    name: 'document: Connexion avec OTP',
    request: post('/auth/login/otp', { email: she, code }),
    answer: loggedIn,
  },
  {
    name: 'login/otp, a used code',
    request: post('/auth/login/otp', { email: she, code }),
    answer: error(401, 'Code invalide ou expiré'),
  },
  {
    name: 'login/otp, nothing was sent',
    request: post('/auth/login/otp', { email: 'nothing@example.com', code: '123456' }),
    answer: error(401, 'Code invalide ou expiré'),
  },
]

const sessions: AccountExchange[] = [
  {
    name: 'document: Récupération des Informations de l’Utilisateur Actuel',
    before: ['she logs in'],
    request: { method: 'GET', path: '/auth/me', headers: bearer },
    answer: success(200, 'Utilisateur actuel', { user }),
  },
  {
    name: 'me, no token',
    request: { method: 'GET', path: '/auth/me' },
    answer: unauthorized,
  },
  {
    name: 'me, a refresh token',
    request: { method: 'GET', path: '/auth/me', headers: { authorization: 'Bearer <refresh token>' } },
    answer: unauthorized,
  },
  {
    name: 'document: Rafraîchissement du Token',
    request: post('/auth/refresh', { refreshToken: '<refresh token>' }),
    answer: success(200, 'Jetons renouvelés avec succès', pair),
  },
  {
    name: 'refresh, once more within seconds, as if the answer was lost',
    request: post('/auth/refresh', { refreshToken: '<refresh token>' }),
    answer: success(200, 'Jetons renouvelés avec succès', pair),
  },
  {
    name: 'refresh, a spent token',
    request: post('/auth/refresh', { refreshToken: '<refresh token>' }),
    answer: error(401, 'Jeton de rafraîchissement invalide ou expiré'),
  },
  {
    name: 'refresh, the document’s placeholder',
    request: post('/auth/refresh', { refreshToken: 'your_refresh_token' }),
    answer: error(401, 'Jeton de rafraîchissement invalide ou expiré'),
  },
  {
    name: 'refresh, fields wrong',
    request: post('/auth/refresh', { refreshToken: null }),
    answer: wrongFields(['refreshToken', notText]),
  },
  {
    name: 'logout, fields missing',
    request: post('/auth/logout', {}, bearer),
    answer: wrongFields(['accessToken', required], ['refreshToken', required]),
  },
  {
    name: 'logout, no header',
    request: post('/auth/logout', { accessToken: '<access token>', refreshToken: '<refresh token>' }),
    answer: unauthorized,
  },
  {
    name: 'logout, the access token of nobody in the body',
    request: post('/auth/logout', { accessToken: 'your_access_token', refreshToken: 'x' }, bearer),
    answer: unauthorized,
  },
  {
    name: 'document: Déconnexion',
    request: post('/auth/logout', { accessToken: '<access token>', refreshToken: '<refresh token>' }, bearer),
    answer: success(200, 'Déconnexion réussie', null),
  },
  {
    name: 'logout, once more',
    request: post('/auth/logout', { accessToken: '<access token>', refreshToken: '<refresh token>' }, bearer),
    answer: unauthorized,
  },
  {
    name: 'me, an access token that has expired',
    before: ['she logs in', 'ten minutes pass'],
    request: { method: 'GET', path: '/auth/me', headers: bearer },
    answer: unauthorized,
  },
]

const passwords: AccountExchange[] = [
  {
    name: 'document: Mot de Passe Oublié',
    request: post('/auth/forgot-password', { email: she }),
    answer: requested(she),
  },
  {
    name: 'forgot-password, an unknown address',
    request: post('/auth/forgot-password', { email: nobody }),
    answer: requested(nobody),
  },
  {
    name: 'forgot-password, a display name',
    request: post('/auth/forgot-password', { email: `John <${she}>` }),
    answer: wrongFields(['email', emailWrong]),
  },
  {
    name: 'reset-password, a wrong code',
    request: post('/auth/reset-password', { email: she, code: wrongCode, newPassword: 'new_password' }),
    answer: codeRefused,
  },
  {
    name: 'reset-password, fields wrong',
    request: post('/auth/reset-password', { email: 'user', code: 'abcdef', newPassword: 'new' }),
    answer: wrongFields(
      ['email', emailWrong],
      ['code', codeWrong],
      ['newPassword', 'Le mot de passe doit comporter au moins 8 caractères'],
    ),
  },
  {
    name: 'reset-password, a common password, which costs no code',
    request: post('/auth/reset-password', { email: she, code, newPassword: 'password1' }),
    answer: wrongFields(['newPassword', 'Ce mot de passe est trop courant']),
  },
  {
    name: 'document: Réinitialisation du Mot de Passe',
    request: post('/auth/reset-password', { email: she, code, newPassword: 'new_password' }),
    answer: reset,
  },
  {
    name: 'reset-password, a used code',
    request: post('/auth/reset-password', { email: she, code, newPassword: 'new_password' }),
    answer: codeRefused,
  },
]

const purposeCodes: AccountExchange[] = [
  ...['LOGIN_CONFIRMATION', 'FORGOT_PASSWORD'].flatMap((purpose): AccountExchange[] => [
    {
      name: `document: Génération d’OTP, ${purpose}`,
      before: ['ten minutes pass'],
      request: post('/auth/otp/generate', { email: she, purpose }),
      answer: requested(she, { purpose }),
    },
    {
      name: `otp/validate, ${purpose}, a wrong code`,
      request: post('/auth/otp/validate', { email: she, code: wrongCode, purpose }),
      answer: codeRefused,
    },
    {
      name: `document: Validation d’OTP, ${purpose}`,
      request: post('/auth/otp/validate', { email: she, code, purpose }),
      answer: success(200, 'Code valide', { valid: true, purpose }),
    },
  ]),
  {
    name: 'document: Génération d’OTP, ACCOUNT_VERIFICATION',
    request: post('/auth/otp/generate', { email: pending, purpose: 'ACCOUNT_VERIFICATION' }),
    answer: requested(pending, { purpose: 'ACCOUNT_VERIFICATION' }),
  },
  {
    name: 'document: Validation d’OTP, ACCOUNT_VERIFICATION',
    request: post('/auth/otp/validate', {
      email: pending,
      code: `<code to ${pending}>`,
      purpose: 'ACCOUNT_VERIFICATION',
    }),
    answer: success(200, 'Code valide', { valid: true, purpose: 'ACCOUNT_VERIFICATION' }),
  },
  {
    name: 'otp/generate, an unknown address',
    request: post('/auth/otp/generate', { email: nobody, purpose: 'FORGOT_PASSWORD' }),
    answer: requested(nobody, { purpose: 'FORGOT_PASSWORD' }),
  },
  {
    name: 'otp/generate, a purpose that is none of the three',
    request: post('/auth/otp/generate', { email: she, purpose: 'LOGIN' }),
    answer: wrongFields(['purpose', purposeWrong]),
  },
  {
    name: 'otp/validate, every field missing',
    request: post('/auth/otp/validate', {}),
    answer: wrongFields(['email', required], ['code', required], ['purpose', required]),
  },
  {
    name: 'otp/validate, a purpose that is none of the three',
    request: post('/auth/otp/validate', { email: she, code: '123456', purpose: 'LOGIN' }),
    answer: wrongFields(['purpose', purposeWrong]),
  },
]

const sends: [path: string, body: Record<string, unknown>][] = [
  ['/auth/register', person],
  ['/auth/login/otp/generate', { email: she }],
  ['/auth/forgot-password', { email: she }],
  ['/auth/otp/generate', { email: she, purpose: 'FORGOT_PASSWORD' }],
]
const checks: [path: string, body: Record<string, unknown>][] = [
  ['/auth/verify', { email: she, code: '123456' }],
  ['/auth/login/otp', { email: she, code: '123456' }],
  ['/auth/reset-password', { email: she, code: '123456', newPassword: 'new_password' }],
  ['/auth/otp/validate', { email: she, code: '123456', purpose: 'FORGOT_PASSWORD' }],
]
const first = (index: number, ...steps: Step[]) => (index === 0 ? { before: steps } : {})

const limits: AccountExchange[] = [
  ...sends.map(
    ([path, body], index): AccountExchange => ({
      name: `${path}, too soon after the last one`,
      ...first(index, 'a day passes', 'there is a cool-down', 'somebody asks for every code'),
      request: post(path, { ...body, email: 'somebody@example.com' }),
      answer: tooMany,
    }),
  ),
  ...Array.from(
    { length: 5 },
    (_, index): AccountExchange => ({
      name: `forgot-password, send ${index + 1} of five in ten minutes`,
      ...first(index, 'a day passes', 'there is no cool-down'),
      request: post('/auth/forgot-password', { email: she }),
      answer: requested(she),
    }),
  ),
  ...sends.map(
    ([path, body]): AccountExchange => ({
      name: `${path}, the sixth send in ten minutes`,
      request: post(path, body),
      answer: tooMany,
    }),
  ),
  ...checks.map(
    ([path, body], index): AccountExchange => ({
      name: `${path}, after codes of twenty addresses`,
      ...first(index, 'the caller fails on twenty addresses'),
      request: post(path, { ...body, email: 'next@example.com' }),
      answer: tooMany,
    }),
  ),
  ...sends.map(
    ([path, body], index): AccountExchange => ({
      name: `${path}, while the address is locked`,
      ...first(index, 'a day passes', 'her code is tried ten times'),
      request: post(path, body),
      answer: tooMany,
    }),
  ),
  ...checks.map(
    ([path, body]): AccountExchange => ({
      name: `${path}, while the address is locked`,
      request: post(path, body),
      answer: path === '/auth/login/otp' ? error(401, 'Code invalide ou expiré') : codeRefused,
    }),
  ),
]

/** Every route with a valid request. */
const routes: [method: 'GET' | 'POST', path: string, body?: Record<string, unknown>][] = [
  ...[...sends, ...checks].map(([path, body]) => ['POST', path, body] as ['POST', string, typeof body]),
  ['POST', '/auth/login', { email: she, password: 'new_password' }],
  ['POST', '/auth/refresh', { refreshToken: '<refresh token>' }],
  ['POST', '/auth/logout', { accessToken: '<access token>', refreshToken: '<refresh token>' }],
  ['GET', '/auth/me'],
]

const badBodies = ([, path]: (typeof routes)[number], index: number): AccountExchange[] => [
  {
    name: `${path}, a body that is no JSON`,
    ...first(index, 'a day passes', 'she logs in'),
    request: post(path, '{"email": ', bearer),
    answer: error(400, 'La requête est mal formée'),
  },
  {
    name: `${path}, a body that is no object`,
    request: post(path, '[]', bearer),
    answer: wrongFields(['', 'Le corps de la requête doit être un objet JSON']),
  },
  {
    name: `${path}, a form instead of JSON`,
    request: post(path, 'email=a', { ...bearer, 'content-type': 'application/x-www-form-urlencoded' }),
    answer: error(415, 'Le corps de la requête doit être de type application/json'),
  },
  {
    name: `${path}, a body of 20,000 bytes`,
    request: post(path, { email: 'x'.repeat(20_000) }, bearer),
    answer: error(413, 'Le corps de la requête est trop volumineux'),
  },
]

const problems: AccountExchange[] = [
  ...routes.filter(([method]) => method === 'POST').flatMap(badBodies),
  ...routes.map(([method, path]): AccountExchange => {
    const other = method === 'GET' ? ({ method: 'PUT', body: {} } as const) : ({ method: 'GET' } as const)
    const allow = method === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS'
    return {
      name: `${path}, a method that it does not answer`,
      request: { path, ...other },
      answer: { ...error(405, 'Méthode non autorisée'), headers: { ...json, allow } },
    }
  }),
  {
    name: 'a path that does not exist',
    request: { method: 'GET', path: '/auth/nothing', headers: { 'accept-language': 'en' } },
    answer: error(404, 'Route not found'),
  },
  ...routes.map(
    ([method, path, body]): AccountExchange => ({
      name: `${path}, the database is away`,
      at: 'a node without its database',
      request: { method, path, headers: bearer, ...(body === undefined ? {} : { body }) },
      answer: {
        ...error(503, 'Service momentanément indisponible, veuillez réessayer', {
          reference: '<reference>',
        }),
        headers: { ...json, 'retry-after': '<seconds>' },
      },
    }),
  ),
  ...routes.map(
    ([method, path, body], index): AccountExchange => ({
      name: `${path}, something is broken`,
      ...first(index, 'the tables are gone'),
      request: { method, path, headers: bearer, ...(body === undefined ? {} : { body }) },
      answer: error(500, 'Une erreur interne est survenue', { reference: '<reference>' }),
    }),
  ),
  {
    name: 'me, in English, after all is repaired',
    before: ['the tables are back'],
    request: { method: 'GET', path: '/auth/me', headers: { ...bearer, 'accept-language': 'en' } },
    answer: success(200, 'Current user', { user }),
  },
]

/** Every exchange, in order. */
export const accountExchanges: AccountExchange[] = [
  ...registering,
  ...verifying,
  ...loggingIn,
  ...sessions,
  ...passwords,
  ...purposeCodes,
  ...limits,
  ...problems,
]
