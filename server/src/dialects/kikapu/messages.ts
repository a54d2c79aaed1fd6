import type { AnswerLocale } from '../../domain/locale.ts'
import { englishProblems, frenchProblems } from '../../http/problem-messages.ts'

const english = {
  // The document's own messages.
  resent: 'OTP resent successfully',
  loggedIn: 'Login successful',
  invalidData: 'Invalid input data',
  invalidInput: 'Invalid input',
  resentTooSoon: 'OTP resent too soon (must wait 60 seconds between resend requests)',
  credentialsRequired: 'Phone number and password are required',
  codeRefused: 'OTP expired or invalid',
  unknownUser: 'User not found',
  unknownBusiness: 'Business not found',
  unknownAgent: 'Agent not found or invalid credentials',
  inactiveAgent: 'Agent account is inactive',
  smsFailed: 'Failed to send SMS',

  tooManySends: 'Too many OTPs were requested for this number. Please try again later',
  tooManyRequests: 'Too many requests. Please try again later',
  destinationRefused: 'No OTP can be sent to this phone number',
  workRequired: 'A proof of work is required: GET /auth/api/altcha gives the puzzle',

  ...englishProblems,
}

export type Messages = typeof english

const french: Messages = {
  resent: 'OTP renvoyé avec succès',
  loggedIn: 'Connexion réussie',
  invalidData: "Données d'entrée invalides",
  invalidInput: 'Entrée invalide',
  resentTooSoon: 'OTP renvoyé trop tôt (60 secondes doivent séparer deux renvois)',
  credentialsRequired: 'Le numéro de téléphone et le mot de passe sont requis',
  codeRefused: 'OTP expiré ou invalide',
  unknownUser: 'Utilisateur introuvable',
  unknownBusiness: 'Entreprise introuvable',
  unknownAgent: 'Agent introuvable ou identifiants invalides',
  inactiveAgent: "Le compte de l'agent est inactif",
  smsFailed: "Échec de l'envoi du SMS",

  tooManySends: "Trop d'OTP ont été demandés pour ce numéro. Veuillez réessayer plus tard",
  tooManyRequests: 'Trop de requêtes. Veuillez réessayer plus tard',
  destinationRefused: 'Aucun OTP ne peut être envoyé à ce numéro',
  workRequired: 'Une preuve de travail est requise : GET /auth/api/altcha en donne le calcul',

  ...frenchProblems,
}

/** The messages in the language that the caller prefers; the document's own is English. */
export const messagesFor = (locale: AnswerLocale | null): Messages => (locale === 'fr' ? french : english)
