import type { Problem } from './dialect.ts'

/** The name of the message of each problem, the same in all dialects. Only what is wrong with the input has messages of its own. */
export const problemMessages = {
  malformed: 'malformed',
  'unsupported-media-type': 'unsupportedMediaType',
  'too-large': 'tooLarge',
  'not-found': 'notFound',
  'method-not-allowed': 'methodNotAllowed',
  unavailable: 'unavailable',
  fault: 'fault',
} as const satisfies Record<Exclude<Problem['kind'], 'invalid'>, string>

type ProblemTexts = Record<(typeof problemMessages)[keyof typeof problemMessages], string>

/** The messages for dialects whose documents say nothing about problems. */
export const englishProblems = {
  malformed: 'The request body is not valid JSON',
  unsupportedMediaType: 'Content-Type must be application/json',
  tooLarge: 'The request body is too large',
  notFound: 'Not found',
  methodNotAllowed: 'Method not allowed',
  unavailable: 'Service temporarily unavailable, please try again',
  fault: 'Internal server error',
} satisfies ProblemTexts

export const frenchProblems: ProblemTexts = {
  malformed: "Le corps de la requête n'est pas du JSON valide",
  unsupportedMediaType: 'Content-Type doit être application/json',
  tooLarge: 'Le corps de la requête est trop volumineux',
  notFound: 'Introuvable',
  methodNotAllowed: 'Méthode non autorisée',
  unavailable: 'Service temporairement indisponible, veuillez réessayer',
  fault: 'Erreur interne du serveur',
}
