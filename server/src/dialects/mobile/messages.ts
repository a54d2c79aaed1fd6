import type { AnswerLocale } from '../../domain/locale.ts'
import { englishProblems, frenchProblems } from '../../http/problem-messages.ts'

const english = {
  // The document's own messages.
  sent: 'OTP sent successfully',
  verified: 'Mobile number verified successfully',
  signedUp: 'User registered successfully',
  loggedIn: 'Login successful',
  invalidType: 'Invalid OTP type. Must be signup, login, or verification',
  invalidOtp: 'Invalid OTP',
  notVerified: 'Mobile number not verified. Please verify OTP first',

  accountExists: 'User already registered. Please log in',
  invalidMobile: 'Invalid mobile number',
  countryCodeRequired: 'Country code is required for this mobile number',
  invalidCountryCode: 'Invalid country code',
  invalidEmail: 'Invalid email address',
  invalidFullName: 'Full name must be 1 to 100 characters without control characters',
  invalidDeviceName: 'Device name must be text',
  invalidVerificationToken: 'Verification token must be text',
  invalidRequest: 'The request is invalid',

  tooManySends: 'Too many OTP requests. Please try again later',
  tooManyRequests: 'Too many requests. Please try again later',
  destinationRefused: 'No OTP can be sent there',
  workRequired: 'A proof of work is required: GET /api/auth/otp/altcha gives the puzzle',

  ...englishProblems,
}

export type Messages = typeof english

const french: Messages = {
  sent: 'OTP envoyé avec succès',
  verified: 'Numéro de mobile vérifié avec succès',
  signedUp: 'Utilisateur inscrit avec succès',
  loggedIn: 'Connexion réussie',
  invalidType: "Type d'OTP invalide. Doit être signup, login ou verification",
  invalidOtp: 'OTP invalide',
  notVerified: "Numéro de mobile non vérifié. Veuillez d'abord vérifier l'OTP",

  accountExists: 'Utilisateur déjà inscrit. Veuillez vous connecter',
  invalidMobile: 'Numéro de mobile invalide',
  countryCodeRequired: "L'indicatif du pays est requis pour ce numéro de mobile",
  invalidCountryCode: 'Indicatif de pays invalide',
  invalidEmail: 'Adresse e-mail invalide',
  invalidFullName: 'Le nom complet doit compter de 1 à 100 caractères, sans caractère de contrôle',
  invalidDeviceName: "Le nom de l'appareil doit être un texte",
  invalidVerificationToken: 'Le jeton de vérification doit être un texte',
  invalidRequest: 'La requête est invalide',

  tooManySends: "Trop de demandes d'OTP. Veuillez réessayer plus tard",
  tooManyRequests: 'Trop de requêtes. Veuillez réessayer plus tard',
  destinationRefused: 'Aucun OTP ne peut y être envoyé',
  workRequired: 'Une preuve de travail est requise : GET /api/auth/otp/altcha en donne le calcul',

  ...frenchProblems,
}

/** The messages in the language that the caller prefers; the document's own is English. */
export const messagesFor = (locale: AnswerLocale | null): Messages => (locale === 'fr' ? french : english)
