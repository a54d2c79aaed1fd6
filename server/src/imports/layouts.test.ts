import { expect, test } from 'vitest'
import { createRecordReader } from './layouts.ts'

const read = (values: object) =>
  createRecordReader({ skipsUnknown: false }).read(values as Record<string, unknown>)

const unchanged = { email: 'a@example.test', emailVerified: true }

test.each([
  ['ours', { email: 'a@example.test', email_verified: 'yes' }, unchanged],
  ['ours as JSON', { email: 'a@example.test', emailVerified: true }, unchanged],
  [
    'ours with capitals',
    { 'E-MAIL ': 'x', Email: 'a@example.test', 'Email Verified': ' TRUE' },
    'there is no column',
  ],
  [
    'a claim',
    { email: 'a@example.test', email_verified: '0' },
    { email: 'a@example.test', emailVerified: false },
  ],
  ['a flag that says nothing', { email: 'a@example.test', email_verified: '' }, { emailVerified: '' }],
  ['a null that says nothing', { email: 'a@example.test', email_verified: null }, { emailVerified: '' }],
  ['a flag of no address', { email: '', email_verified: '', phone: '1' }, { emailVerified: undefined }],
  ['a word that is no flag', { email: 'a', email_verified: 'maybe' }, { emailVerified: 'maybe' }],
  ['a disabled one', { email: 'a', disabled: 't' }, { isActive: false }],
  ['an enabled one', { email: 'a', disabled: 'F' }, { isActive: true }],
  ['one of whom it is not said', { email: 'a', disabled: '' }, { isActive: true }],
  ['neither', { email: 'a', disabled: 'off' }, { isActive: 'off' }],
  ['businesses as JSON', { email: 'a', business_ids: [1, 2] }, { businessIds: [1, 2] }],
])('%s', (_, values, expected) => {
  const fields = read(values)
  if (typeof expected === 'string') expect(fields).toContain(expected)
  else expect(fields).toMatchObject(expected)
})

const supabase = {
  id: '7f3c',
  email: 'a@example.test',
  phone: '',
  encrypted_password: '$2a$10$x',
  email_confirmed_at: '2024-05-01 10:00:00+00',
  phone_confirmed_at: '',
  banned_until: '',
  raw_user_meta_data: '{"full_name": "Ada Lovelace", "avatar": {"url": 1}}',
}
const auth0 = { user_id: 'auth0|1', email: 'a@example.test' }
const firebase = { localId: 'x', email: 'a@example.test' }

test.each([
  [
    'Supabase',
    supabase,
    { emailVerified: true, fullName: 'Ada Lovelace', passwordHash: '$2a$10$x', isActive: true },
  ],
  ['one who confirmed nothing', { ...supabase, email_confirmed_at: 'null' }, { emailVerified: false }],
  [
    'one by phone',
    { ...supabase, email: '', phone: '255712345678' },
    { email: null, phone: '+255712345678' },
  ],
  ['one who is banned', { ...supabase, banned_until: '2999-01-01 00:00:00+00' }, { isActive: false }],
  ['one who is banned for ever', { ...supabase, banned_until: 'infinity' }, { isActive: false }],
  ['one who was banned', { ...supabase, banned_until: '2001-01-01 00:00:00+00' }, { isActive: true }],
  ['a ban that cannot be read', { ...supabase, banned_until: 'soon' }, 'banned_until is not a moment'],
  ['one who was deleted', { ...supabase, deleted_at: '2024-01-01' }, 'was deleted in Supabase'],
  ['metadata that is none', { ...supabase, raw_user_meta_data: '{' }, 'raw_user_meta_data is not JSON'],
  ['metadata as JSON', { ...supabase, raw_user_meta_data: { name: 'Ada' } }, { fullName: 'Ada' }],
  [
    'Firebase',
    { ...firebase, emailVerified: true, displayName: 'Ada', phoneNumber: '+255712345678', disabled: false },
    { emailVerified: true, fullName: 'Ada', phone: '+255712345678', isActive: true },
  ],
  ['Firebase, of whom nothing is said', firebase, { emailVerified: false, isActive: true }],
  ['Firebase, disabled', { ...firebase, disabled: true }, { isActive: false }],
  [
    'Auth0',
    {
      ...auth0,
      email_verified: true,
      given_name: 'Ada',
      family_name: 'L',
      name: 'a@example.test',
      blocked: true,
    },
    { emailVerified: true, firstName: 'Ada', lastName: 'L', fullName: null, isActive: false },
  ],
  ['Auth0, of whom nothing is said', auth0, { emailVerified: false, phoneVerified: false, isActive: true }],
  ['Auth0 with bcrypt', { ...auth0, password_hash: '$2b$10$x' }, { passwordHash: '$2b$10$x' }],
  [
    'Auth0 with a hash of its own',
    { ...auth0, custom_password_hash: { algorithm: 'argon2', hash: { value: '$argon2id$x' } } },
    { passwordHash: '$argon2id$x' },
  ],
  [
    'Auth0 with a hash of another kind',
    { ...auth0, custom_password_hash: { algorithm: 'md5', hash: { value: 'abc', encoding: 'hex' } } },
    { passwordHash: 'md5' },
  ],
])('%s', (_, values, expected) => {
  const fields = read(values)
  if (typeof expected === 'string') expect(fields).toBe(expected)
  else expect(fields).toMatchObject(expected)
})

test('the columns of another system that mean nothing here are skipped and collected', () => {
  const reader = createRecordReader({ skipsUnknown: false })
  reader.read({ ...supabase, is_anonymous: 'false' })
  expect([...reader.skipped]).toEqual(['id', 'is_anonymous'])
})

test('a table of Supabase without its confirmations is refused, because nobody could know who is proven', () => {
  const judge = (names: string[]) =>
    createRecordReader({ skipsUnknown: true }).judgeNames(names, { isTable: true })
  expect(judge(['email', 'encrypted_password'])).toContain('there is no email_confirmed_at')
  expect(judge(['phone', 'encrypted_password'])).toContain('there is no phone_confirmed_at')
  expect(judge(['id', 'encrypted_password'])).toContain('there is neither email nor phone')
  expect(judge(Object.keys(supabase))).toBeNull()
})
