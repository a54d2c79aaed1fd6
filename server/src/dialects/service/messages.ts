import type { AnswerLocale } from '../../domain/locale.ts'
import { englishProblems, frenchProblems } from '../../http/problem-messages.ts'

const english = {
  sent: 'OTP generated and queued',

  expired: 'Code has expired',
  mismatch: 'Invalid code',
  used: 'Code has already been used',
  locked: 'Too many attempts',
  unknown: 'No code was requested for this target',

  invalidKey: 'Invalid API key',
  foreignProject: 'Invalid project ID or access denied',
  insufficientTokens: 'Insufficient tokens',
  rateLimited: 'Too many requests - Rate limit exceeded',
  countryCodeRequired: 'Country code is required for WhatsApp channel',

  invalidTarget: 'target must be an e-mail address or a phone number',
  invalidEmail: 'target must be a valid e-mail address for the email channel',
  invalidPhone: 'target must be a valid phone number for the whatsapp channel',
  invalidChannel: "channel must be 'email' or 'whatsapp'",
  invalidCountryCode: 'countryCode must be a calling code such as +1',
  invalidRecordId: 'recordId must be a string of 1 to 128 characters without control characters',
  invalidCode: 'code must be a string of six digits',
  invalidCodeLength: 'code must be a string of as many digits as were sent',
  invalidPage: 'page must be a whole number from 1',
  invalidLimit: 'limit must be a whole number from 1 to 100',
  invalidVerified: "verified must be 'true' or 'false'",
  invalidDateFrom: 'dateFrom must be an ISO 8601 date or date and time',
  invalidDateTo: 'dateTo must be an ISO 8601 date or date and time',
  datesReversed: 'dateFrom must not be after dateTo',
  statsFiltered: 'stats counts every record of its dates: only dateFrom and dateTo narrow it',
  invalidIdempotencyKey: 'Idempotency-Key must be 1 to 255 printable ASCII characters',
  invalidRequest: 'The request is invalid',

  tooManySends: 'Too many codes were sent to this target',
  tooSoon: 'A code was sent to this target a moment ago',
  targetLocked: 'Too many wrong codes were tried for this target',
  overBudget: 'This project has sent as much as it may for now',
  destinationStopped: 'Messages to this destination are stopped for now',
  destinationRefused: 'This project sends nothing to this destination',
  idempotencyMismatch: 'This Idempotency-Key was used with a different request',
  idempotencyRunning: 'A request with this Idempotency-Key is still running',

  ...englishProblems,
}

export type Messages = typeof english

const french: Messages = {
  sent: "OTP généré et mis en file d'attente",

  expired: 'Le code a expiré',
  mismatch: 'Code invalide',
  used: 'Le code a déjà été utilisé',
  locked: 'Trop de tentatives',
  unknown: "Aucun code n'a été demandé pour cette cible",

  invalidKey: "Clé d'API invalide",
  foreignProject: 'ID de projet invalide ou accès refusé',
  insufficientTokens: 'Jetons insuffisants',
  rateLimited: 'Trop de requêtes - Limite de débit dépassée',
  countryCodeRequired: "L'indicatif du pays est requis pour le canal WhatsApp",

  invalidTarget: 'target doit être une adresse e-mail ou un numéro de téléphone',
  invalidEmail: 'target doit être une adresse e-mail valide pour le canal email',
  invalidPhone: 'target doit être un numéro de téléphone valide pour le canal whatsapp',
  invalidChannel: "channel doit être 'email' ou 'whatsapp'",
  invalidCountryCode: 'countryCode doit être un indicatif tel que +1',
  invalidRecordId: 'recordId doit être une chaîne de 1 à 128 caractères sans caractère de contrôle',
  invalidCode: 'code doit être une chaîne de six chiffres',
  invalidCodeLength: 'code doit être une chaîne d’autant de chiffres que le code envoyé',
  invalidPage: 'page doit être un nombre entier à partir de 1',
  invalidLimit: 'limit doit être un nombre entier de 1 à 100',
  invalidVerified: "verified doit être 'true' ou 'false'",
  invalidDateFrom: 'dateFrom doit être une date ISO 8601, avec ou sans heure',
  invalidDateTo: 'dateTo doit être une date ISO 8601, avec ou sans heure',
  datesReversed: 'dateFrom ne doit pas être postérieure à dateTo',
  statsFiltered:
    'stats compte tous les enregistrements de ses dates : seuls dateFrom et dateTo le restreignent',
  invalidIdempotencyKey: 'Idempotency-Key doit compter de 1 à 255 caractères ASCII imprimables',
  invalidRequest: 'La requête est invalide',

  tooManySends: 'Trop de codes ont été envoyés à cette cible',
  tooSoon: "Un code vient d'être envoyé à cette cible",
  targetLocked: 'Trop de codes erronés ont été essayés pour cette cible',
  overBudget: "Ce projet a envoyé tout ce qu'il pouvait pour le moment",
  destinationStopped: 'Les messages vers cette destination sont suspendus pour le moment',
  destinationRefused: "Ce projet n'envoie rien vers cette destination",
  idempotencyMismatch: 'Cette Idempotency-Key a servi à une autre requête',
  idempotencyRunning: 'Une requête avec cette Idempotency-Key est encore en cours',

  ...frenchProblems,
}

/** The messages in the language that the caller prefers; the document's own is English. */
export const messagesFor = (locale: AnswerLocale | null): Messages => (locale === 'fr' ? french : english)
