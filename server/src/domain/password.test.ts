import { describe, expect, test } from 'vitest'
import { canonicalPassword, judgePassword, judgePasswordAttempt, type PasswordLock } from './password.ts'

const nobody = { email: null, firstName: null, lastName: null, fullName: null }

describe('a new password', () => {
  test.each([
    ['1234567', 'too-short'],
    ['12345678', null],
    ['🦦'.repeat(7), 'too-short'],
    ['🦦'.repeat(8), null],
    ['🦦'.repeat(256), null],
    ['🦦'.repeat(257), 'too-long'],
    ['e\u0301'.repeat(7), 'too-short'],
    ['e\u0301'.repeat(256), null],
    ['a'.repeat(256), null],
    ['a'.repeat(257), 'too-long'],
    [' \u0000 tab\t é', null],
    ['lonely \ud800 half', 'unreadable'],
  ])('A2: has 8 to 256 characters of any kind, counted as people count them: %j: %j', (text, problem) => {
    expect(judgePassword(text, nobody, new Set())).toBe(problem)
  })

  test('A2: is told by its letters, not by how they are typed', () => {
    expect(canonicalPassword('e\u0301te\u0301')).toBe('\u00e9t\u00e9')
    expect(canonicalPassword('\u212b \ud800')).toBe('\u00c5 \ud800')
    const owner = { ...nobody, lastName: 'Lef\u00e9bure' }
    expect(judgePassword('lefe\u0301bure', owner, new Set())).toBe('own-data')
  })

  test('A2: is none of the commonest, in any case', () => {
    expect(judgePassword('PassWord', nobody, new Set(['password']))).toBe('common')
    expect(judgePassword('PassWord2', nobody, new Set(['password']))).toBeNull()
  })

  const ada = {
    email: 'ada.byron@example.test',
    firstName: 'Ada-Maria',
    lastName: 'Lovelace',
    fullName: 'The Countess',
  }
  test.each([
    ['ada.byron@example.test'],
    ['ADA.BYRON@EXAMPLE.TEST'],
    ['adabyronexampletest'],
    ['!!ada.byron??'],
    ['ada-maria'],
    ['Lovelace-1815!'],
    ['AdaMariaLovelace'],
    ['LovelaceAdaMaria'],
    ['the countess'],
  ])('A2: is not made of the names of its owner: %j', (text) => {
    expect(judgePassword(text, ada, new Set())).toBe('own-data')
  })

  test.each([
    ['Ada counts on her engine', ada],
    ['lovelacecountess', ada],
    // A name without letters matches nothing.
    ['81549302', ada],
    ['81549302', { ...nobody, email: '81549@1.2' }],
    // Missing names match nothing.
    ['nullnull', nobody],
  ])('A2: may else be anything: %j', (text, owner) => {
    expect(judgePassword(text, owner, new Set())).toBeNull()
  })

  test('A2: is not the e-mail address, also where that has no letters', () => {
    expect(judgePassword('1234@5.67', { ...nobody, email: '1234@5.67' }, new Set())).toBe('own-data')
  })

  test.each([
    [{ firstName: 'Ada-Maria' }, 'adamaria'],
    [{ lastName: 'Lovelace' }, 'lovelace'],
    [{ fullName: 'The Countess' }, 'thecountess'],
    [{ email: 'ada.byron@example.test' }, 'adabyron'],
    // The local part is everything before the last @.
    [{ email: '"ada@home"@example.test' }, 'ada@home'],
  ])('A2: each of the names alone is one: %j', (name, text) => {
    expect(judgePassword(text, { ...nobody, ...name }, new Set())).toBe('own-data')
  })
})

describe('wrong passwords', () => {
  const now = new Date('2026-01-15T12:00:00.000Z')
  const later = (milliseconds: number): Date => new Date(now.getTime() + milliseconds)
  const quarter = 15 * 60_000

  test.each([
    ['the first is looked at', { failures: 0, lockedUntil: null }, true, { failures: 1, lockedUntil: null }],
    ['the ninth is', { failures: 8, lockedUntil: null }, true, { failures: 9, lockedUntil: null }],
    [
      'the tenth is, and locks for 15 minutes',
      { failures: 9, lockedUntil: null },
      true,
      { failures: 10, lockedUntil: later(quarter) },
    ],
    [
      'in the last millisecond of the lock none is, and none counts',
      { failures: 10, lockedUntil: later(1) },
      false,
      { failures: 10, lockedUntil: later(1) },
    ],
    [
      'when the lock ends there are ten again',
      { failures: 10, lockedUntil: now },
      true,
      { failures: 1, lockedUntil: null },
    ],
  ])('A3: %s', (_, lock: PasswordLock, isAllowed, next) => {
    expect(judgePasswordAttempt(lock, now)).toEqual({ isAllowed, next })
  })
})
