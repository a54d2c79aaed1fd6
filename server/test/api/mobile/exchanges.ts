import { aroundRoutes, type Mishap } from '../around-routes.ts'
import type { Recorded } from '../exchange.ts'

/*
 * The `mobile` dialect, exchange by exchange, in the order in which they run. The first ones are the document's.
 */

/** What happens before a request is sent. */
export type MobileStep = 'ten minutes pass' | Mishap

export type MobileExchange = Recorded & { before?: MobileStep }

const send = '/api/auth/otp/send'
const verify = '/api/auth/otp/verify'
const signup = '/api/auth/otp/signup'
const login = '/api/auth/otp/login'
const mobile = '9175113022'
const e164 = '+919175113022'
const email = 'user@example.com'
const both = { mobile, email }
const code = `<code to ${email}>`
const french = { 'accept-language': 'fr' }

const success = (status: number, message: string, data: unknown) => ({
  status,
  headers: { 'cache-control': 'no-store' },
  body: { success: true, message, data, timestamp: '<instant>' },
})
const error = (status: number, message: string, headers: Record<string, string | null> = {}) => ({
  status,
  headers,
  body: { success: false, message, data: null, timestamp: '<instant>' },
})

const sent = (type: string, data: object = {}) =>
  success(200, 'OTP sent successfully', {
    type,
    channel: 'email',
    mobile,
    countryCode: '+91',
    email: both.email,
    expiresIn: 600,
    ...data,
  })
const verified = (type: string, data: object = {}) =>
  success(200, 'Mobile number verified successfully', {
    ...both,
    type,
    verified: true,
    verificationToken: '<token>',
    ...data,
  })
const session = (data: object = {}) => ({
  user: {
    id: '<number>',
    ...both,
    fullName: 'John Doe',
    roleId: 1,
    roleSlug: 'user',
    isActive: true,
    ...data,
  },
  tokens: { accessToken: '<token>', refreshToken: '<token>' },
})

const invalidType = error(400, 'Invalid OTP type. Must be signup, login, or verification')
const invalidOtp = error(400, 'Invalid OTP', { 'retry-after': null })
const notVerified = error(400, 'Mobile number not verified. Please verify OTP first')

const sendBody = (type: string) => ({ ...both, countryCode: '+91', type, fullName: 'John Doe' })
const signupBody = { ...both, fullName: 'John Doe', countryCode: '+91', device_name: 'iPhone 13' }
const loginBody = { ...both, device_name: 'iPhone 13' }

/** The document's successes, which run unchanged in development. */
export const documentedMobile: MobileExchange[] = [
  {
    name: 'document: Complete Signup, error',
    request: { path: signup, body: signupBody },
    answer: notVerified,
  },
  { name: 'document: Complete Login, error', request: { path: login, body: loginBody }, answer: notVerified },
  { name: 'document: Send OTP', request: { path: send, body: sendBody('signup') }, answer: sent('signup') },
  {
    name: 'document: Send OTP, error',
    request: { path: send, body: sendBody('password') },
    answer: invalidType,
  },
  {
    name: 'document: Verify OTP, error',
    request: { path: verify, body: { ...both, otp: `<wrong code to ${email}>`, type: 'signup' } },
    answer: invalidOtp,
  },
  {
    name: 'document: Verify OTP',
    request: { path: verify, body: { ...both, otp: code, type: 'signup' } },
    answer: verified('signup'),
  },
  {
    name: 'document: Complete Signup',
    request: { path: signup, body: signupBody },
    answer: success(201, 'User registered successfully', session()),
  },
  {
    name: 'Send OTP, to log in',
    request: { path: send, body: { ...both, type: 'login' } },
    answer: sent('login', { countryCode: null }),
  },
  {
    name: 'Verify OTP, to log in',
    request: { path: verify, body: { ...both, otp: code, type: 'login' } },
    answer: verified('login'),
  },
  {
    name: 'document: Complete Login',
    request: { path: login, body: loginBody },
    answer: success(200, 'Login successful', session()),
  },
]

const refusals: MobileExchange[] = [
  {
    name: 'Complete Login: the proof is spent',
    request: { path: login, body: loginBody },
    answer: notVerified,
  },
  {
    name: 'Verify OTP: a used code',
    request: { path: verify, body: { ...both, otp: code, type: 'login' } },
    answer: invalidOtp,
  },
  {
    name: 'Verify OTP: a code that was never sent',
    request: { path: verify, body: { ...both, otp: '123456', type: 'verification' } },
    answer: invalidOtp,
  },
  {
    name: 'Send OTP: the sign-up of an existing account answers as if sent',
    request: { path: send, body: sendBody('signup') },
    answer: sent('signup'),
  },
  {
    name: 'Send OTP: the login of nobody answers as if sent',
    request: { path: send, body: { mobile: '9175113099', email: 'nobody@example.com', type: 'login' } },
    answer: sent('login', { mobile: '9175113099', email: 'nobody@example.com', countryCode: null }),
  },
  {
    name: 'Send OTP: a verification by SMS',
    request: { path: send, body: { mobile, type: 'verification' } },
    answer: sent('verification', { channel: 'sms', email: null, countryCode: null }),
  },
  {
    name: 'Verify OTP: a verification by SMS, written in another way',
    request: {
      path: verify,
      body: { mobile: '+91 91751 13022', otp: `<code to ${e164}>`, type: 'verification' },
    },
    answer: verified('verification', { mobile: '+91 91751 13022', email: null }),
  },
  {
    name: 'Send OTP: a verification by SMS, again',
    request: { path: send, body: { mobile, type: 'verification', email: null } },
    answer: sent('verification', { channel: 'sms', email: null, countryCode: null }),
  },
  {
    name: 'Verify OTP: expired',
    before: 'ten minutes pass',
    request: { path: verify, body: { mobile, otp: `<code to ${e164}>`, type: 'verification' } },
    answer: invalidOtp,
  },
  {
    name: 'In French',
    request: { path: login, headers: french, body: loginBody },
    answer: error(400, "Numéro de mobile non vérifié. Veuillez d'abord vérifier l'OTP"),
  },
]

const capped = { mobile, email: 'capped@example.com', type: 'verification' }
const caps: MobileExchange[] = [
  ...[1, 2, 3, 4, 5].map(
    (nth): MobileExchange => ({
      name: `Send OTP: the send number ${nth} of ten minutes`,
      request: { path: send, body: capped },
      answer: sent('verification', { email: capped.email, countryCode: null }),
    }),
  ),
  {
    name: 'Send OTP: past the cap of the address',
    request: { path: send, body: capped },
    answer: error(429, 'Too many OTP requests. Please try again later', { 'retry-after': '<seconds>' }),
  },
]

const guess = { mobile: '9175113077', email: 'wrong@example.com', type: 'verification' }
const locks: MobileExchange[] = [
  {
    name: 'Send OTP: for one who will be guessed at',
    request: { path: send, body: guess },
    answer: sent('verification', { mobile: guess.mobile, email: guess.email, countryCode: null }),
  },
  ...[1, 2, 3, 4, 5].map(
    (nth): MobileExchange => ({
      name: `Verify OTP: the wrong guess number ${nth}`,
      request: { path: verify, body: { ...guess, otp: `<wrong code to ${guess.email}>` } },
      answer: invalidOtp,
    }),
  ),
  {
    name: 'Verify OTP: the right code after five wrong ones',
    request: { path: verify, body: { ...guess, otp: `<code to ${guess.email}>` } },
    answer: invalidOtp,
  },
]

const name = 'Full name must be 1 to 100 characters without control characters'
const invalid: MobileExchange[] = [
  {
    name: 'Send OTP: no type, and nothing else either',
    request: { path: send },
    answer: invalidType,
  },
  {
    name: 'Verify OTP: a wrong type goes before everything else',
    request: { path: verify, body: { type: ['signup'], otp: 1 } },
    answer: invalidType,
  },
  {
    name: 'Send OTP: no mobile',
    request: { path: send, body: { email, type: 'signup' } },
    answer: error(400, 'Invalid mobile number'),
  },
  {
    name: 'Send OTP: an impossible mobile',
    request: { path: send, body: { mobile: '917', type: 'signup' } },
    answer: error(400, 'Invalid mobile number'),
  },
  {
    name: 'Send OTP: no country code',
    request: { path: send, body: { mobile, countryCode: 'IN', type: 'signup' } },
    answer: error(400, 'Invalid country code'),
  },
  {
    name: 'Send OTP: a list of e-mail addresses',
    request: { path: send, body: { mobile, email: [email, 'mallory@example.com'], type: 'signup' } },
    answer: error(400, 'Invalid email address'),
  },
  {
    name: 'Send OTP: two e-mail addresses in one text',
    request: { path: send, body: { mobile, email: `${email},mallory@example.com`, type: 'signup' } },
    answer: error(400, 'Invalid email address'),
  },
  {
    name: 'Send OTP: a name with a line break',
    request: { path: send, body: { ...sendBody('signup'), fullName: 'John\r\nDoe' } },
    answer: error(400, name),
  },
  ...[null, '', 123456, '12345', '1234567', '12345a', ['123456'], { $ne: '' }].map(
    (otp): MobileExchange => ({
      name: `Verify OTP: ${JSON.stringify(otp)} is no code`,
      request: { path: verify, body: { ...both, otp, type: 'signup' } },
      answer: invalidOtp,
    }),
  ),
  {
    name: 'Verify OTP: an impossible mobile',
    request: { path: verify, body: { mobile: '917', otp: '123456', type: 'signup' } },
    answer: error(400, 'Invalid mobile number'),
  },
  {
    name: 'Complete Signup: an impossible mobile',
    request: { path: signup, body: { ...signupBody, mobile: '917' } },
    answer: error(400, 'Invalid mobile number'),
  },
  {
    name: 'Complete Signup: no name',
    request: { path: signup, body: both },
    answer: error(400, name),
  },
  {
    name: 'Complete Signup: a name of 101 characters',
    request: { path: signup, body: { ...both, fullName: 'x'.repeat(101) } },
    answer: error(400, name),
  },
  {
    name: 'Complete Signup: a device name that is no text',
    request: { path: signup, body: { ...signupBody, device_name: 13 } },
    answer: error(400, 'Device name must be text'),
  },
  {
    name: 'Complete Login: a verification token that is no text',
    request: { path: login, body: { ...loginBody, verificationToken: { $ne: null } } },
    answer: error(400, 'Verification token must be text'),
  },
  {
    name: 'Complete Login: an impossible mobile',
    request: { path: login, body: { ...loginBody, mobile: '917' } },
    answer: error(400, 'Invalid mobile number'),
  },
]

const problems: MobileExchange[] = [
  ...aroundRoutes({
    paths: [send, verify, signup, login],
    body: { ...signupBody, otp: '123456', type: 'signup' },
    error,
    fault: (message) => ({
      success: false,
      message,
      data: { reference: '<reference>' },
      timestamp: '<instant>',
    }),
  }),
  {
    name: 'an unknown path',
    request: { path: '/api/auth/otp/nothing', body: {} },
    answer: error(404, 'Not found'),
  },
]

export const mobileExchanges: MobileExchange[] = [
  ...documentedMobile,
  ...refusals,
  ...caps,
  ...locks,
  ...invalid,
  ...problems,
]
