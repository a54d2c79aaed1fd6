import type { Recorded } from '../exchange.ts'

/*
 * The `citizen` dialect, exchange by exchange, in the order in which they run. The first ones are the document's.
 */

/** What happens before a request is sent. */
export type CitizenStep =
  | 'five minutes pass'
  | 'an hour passes'
  | 'a day passes'
  | 'the challenges are gone'
  | 'the challenges are back'

export type CitizenExchange = Recorded & { before?: CitizenStep }

const otp = '/otp'
const verify = '/otp/verify'
const number = '0123456789'
const kept = '+2250123456789'

const issued = (status: 200 | 201, message: string, code = '<code>', phoneNumber = number) => ({
  status,
  headers: { 'cache-control': 'no-store' },
  body: { status: 'success', message, data: { phoneNumber, otp: code, expiresAt: '<instant>' } },
})
const created = issued(201, 'OTP créé avec succès')
const regenerated = issued(200, 'OTP régénéré avec succès')
const error = (status: number, message: string, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: { status: 'error', message, data: null },
})

const missing = error(400, 'Champs requis manquants')
const unknownType = error(400, "Type d'opération invalide. Utilisez 'create' ou 'resend'.")
const unknownCitizen = error(400, 'Numéro de téléphone introuvable ou non associé à un Citoyen')
const exists = error(400, "Un OTP existe déjà pour ce numéro. Utilisez le type 'resend' pour régénérer.")
const none = error(400, "Aucun OTP n'existe pour ce numéro. Utilisez le type 'create' pour en générer un.")
const invalid = error(400, 'OTP invalide ou expiré')

const create = { path: otp, body: { type: 'create', phoneNumber: number } }
const resend = { path: otp, body: { type: 'resend', phoneNumber: number } }
const guess = (code: string, phoneNumber = number) => ({ path: verify, body: { phoneNumber, otp: code } })
const right = guess(`<code to ${kept}>`)
const wrong = guess(`<wrong code to ${kept}>`)

const documented: CitizenExchange[] = [
  { name: "document: Création d'un OTP", request: create, answer: created },
  { name: "document: Régénération d'un OTP", request: resend, answer: regenerated },
  {
    name: 'document: Erreurs fréquentes',
    request: { path: otp, body: { type: 'resend', phoneNumber: '9876543210' } },
    answer: none,
  },
  {
    name: 'document: Champs requis manquants',
    request: { path: otp, body: { type: 'create' } },
    answer: missing,
  },
  {
    name: 'document: Numéro de téléphone introuvable',
    request: { path: otp, body: { type: 'create', phoneNumber: '0700000000' } },
    answer: unknownCitizen,
  },
  { name: 'document: Un OTP existe déjà', request: create, answer: exists },
  {
    name: "document: Type d'opération invalide",
    request: { path: otp, body: { type: 'delete', phoneNumber: number } },
    answer: unknownType,
  },
]

const orders: [string, unknown, ReturnType<typeof error>][] = [
  ['nothing', {}, missing],
  ['an empty number before a wrong type', { type: 'delete', phoneNumber: '' }, missing],
  ['a blank type', { type: '  ', phoneNumber: number }, missing],
  ['a type that is no text', { type: 5, phoneNumber: number }, missing],
  ['a number that is no text', { type: 'create', phoneNumber: 123456789 }, missing],
  ['null', { type: null, phoneNumber: null }, missing],
  ['a list', [], missing],
  ['a wrong type before an unknown number', { type: 'CREATE', phoneNumber: 'nobody' }, unknownType],
  ['a number that is none', { type: 'create', phoneNumber: 'nobody' }, unknownCitizen],
  ['a number with a NUL', { type: 'create', phoneNumber: '01\0' }, unknownCitizen],
  ['an unknown number before the state', { type: 'resend', phoneNumber: '0700000000' }, unknownCitizen],
  [
    'a NUL in a field that nobody reads',
    { type: 'create', phoneNumber: number, x: '\0' },
    error(400, 'Requête invalide'),
  ],
]

const complaints: CitizenExchange[] = orders.map(([what, body, answer]) => ({
  name: `the order of complaints: ${what}`,
  request: { path: otp, body },
  answer,
}))

const lives: CitizenExchange[] = [
  { name: 'a wrong code', request: wrong, answer: invalid },
  {
    name: 'the right code',
    request: right,
    answer: {
      status: 200,
      body: {
        status: 'success',
        message: 'OTP vérifié avec succès',
        data: { phoneNumber: number, verified: true, verifiedAt: '<instant>' },
      },
    },
  },
  { name: 'a code that was used', request: right, answer: invalid },
  { name: 'resend after the code was used', request: resend, answer: none },
  { name: 'create after the code was used', request: create, answer: created },
  { name: 'a code that has expired', before: 'five minutes pass', request: right, answer: invalid },
  { name: 'resend after the code has expired', request: resend, answer: regenerated },
  {
    name: 'create after the code has expired',
    before: 'five minutes pass',
    request: create,
    answer: created,
  },
  ...[1, 2, 3].map(
    (count): CitizenExchange => ({ name: `wrong guess ${count} of three`, request: wrong, answer: invalid }),
  ),
  { name: 'the right code after three wrong ones', request: right, answer: invalid },
  { name: 'create after the code was locked', request: create, answer: created },
  { name: 'resend after a day', before: 'a day passes', request: resend, answer: none },
  { name: 'a code that was never issued', request: guess('12345', '9876543210'), answer: invalid },
  { name: 'a code for an unknown number', request: guess('12345', '0700000000'), answer: invalid },
  { name: 'a code of four digits', request: guess('1234'), answer: invalid },
  { name: 'a code for a number that is none', request: guess('12345', 'nobody'), answer: invalid },
  { name: 'no code', request: { path: verify, body: { phoneNumber: number } }, answer: missing },
  {
    name: 'a code that is a number',
    request: { path: verify, body: { phoneNumber: number, otp: 12345 } },
    answer: missing,
  },
  { name: 'a code with a NUL', request: guess('1234\0'), answer: invalid },
]

const caps: CitizenExchange[] = [
  { name: 'the first of five sends', request: create, answer: created },
  ...[2, 3, 4, 5].map(
    (count): CitizenExchange => ({ name: `send ${count} of five`, request: resend, answer: regenerated }),
  ),
  {
    name: 'the sixth send within ten minutes',
    request: resend,
    answer: error(429, "Trop d'OTP ont été demandés pour ce numéro. Réessayez plus tard.", {
      'retry-after': '<seconds>',
    }),
  },
  ...[1, 2, 3].map(
    (count): CitizenExchange => ({
      name: `wrong guess ${count} at the first code`,
      request: wrong,
      answer: invalid,
    }),
  ),
  { name: 'the second code', before: 'an hour passes', request: create, answer: created },
  ...[1, 2, 3].map(
    (count): CitizenExchange => ({
      name: `wrong guess ${count} at the second code`,
      request: wrong,
      answer: invalid,
    }),
  ),
  { name: 'the third code', request: create, answer: created },
  {
    name: 'the tenth wrong guess in a row, for three came before',
    request: wrong,
    answer: invalid,
  },
  {
    name: 'a send to a number that is locked',
    request: resend,
    answer: error(429, "Trop d'OTP erronés ont été saisis pour ce numéro. Réessayez plus tard.", {
      'retry-after': '<seconds>',
    }),
  },
]

const english = { 'accept-language': 'en-GB, fr;q=0.5' }

const around: CitizenExchange[] = [
  {
    name: 'in English',
    request: {
      path: otp,
      headers: english,
      body: { type: 'create', phoneNumber: '98 76 54 32 10' },
    },
    answer: issued(201, 'OTP created successfully', '<code>', '98 76 54 32 10'),
  },
  {
    name: 'an error in English',
    request: { path: otp, headers: english, body: {} },
    answer: error(400, 'Required fields are missing'),
  },
  {
    name: 'a page of a browser sees no code',
    request: {
      path: otp,
      headers: { origin: 'https://example.com' },
      body: { type: 'resend', phoneNumber: '9876543210' },
    },
    answer: issued(200, 'OTP régénéré avec succès', '*****', '9876543210'),
  },
  {
    name: 'a body that is no JSON',
    request: { path: otp, body: '{' },
    answer: error(400, "Le corps de la requête n'est pas du JSON valide"),
  },
  {
    name: 'a body that is no application/json',
    request: { path: otp, headers: { 'content-type': 'text/plain' }, body: 'x' },
    answer: error(415, 'Content-Type doit être application/json'),
  },
  {
    name: 'a body of more than 16 KiB',
    request: { path: otp, body: { ...create.body, x: 'x'.repeat(16_384) } },
    answer: error(413, 'Le corps de la requête est trop volumineux'),
  },
  { name: 'an unknown path', request: { path: '/otp/other', body: {} }, answer: error(404, 'Introuvable') },
  {
    name: 'a wrong method',
    request: { method: 'GET', path: otp },
    answer: error(405, 'Méthode non autorisée', { allow: 'POST, OPTIONS' }),
  },
  {
    name: 'document: 500 Internal Server Error',
    before: 'the challenges are gone',
    request: { path: otp, body: { type: 'create', phoneNumber: '9876543210' } },
    answer: {
      status: 500,
      body: {
        status: 'error',
        message: "Erreur serveur lors de la gestion de l'OTP",
        data: '<reference>',
      },
    },
  },
  {
    name: 'no fault any more',
    before: 'the challenges are back',
    request: { path: otp, body: { type: 'create', phoneNumber: '9876543210' } },
    answer: exists,
  },
]

export const citizenExchanges: CitizenExchange[] = [
  ...documented,
  ...complaints,
  ...lives,
  ...caps,
  ...around,
]
