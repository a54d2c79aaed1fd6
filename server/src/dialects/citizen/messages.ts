import type { AnswerLocale } from '../../domain/locale.ts'

const french = {
  created: 'OTP créé avec succès',
  regenerated: 'OTP régénéré avec succès',
  verified: 'OTP vérifié avec succès',

  missingFields: 'Champs requis manquants',
  invalidType: "Type d'opération invalide. Utilisez 'create' ou 'resend'.",
  unknownCitizen: 'Numéro de téléphone introuvable ou non associé à un Citoyen',
  codeExists: "Un OTP existe déjà pour ce numéro. Utilisez le type 'resend' pour régénérer.",
  noCode: "Aucun OTP n'existe pour ce numéro. Utilisez le type 'create' pour en générer un.",
  invalidCode: 'OTP invalide ou expiré',
  fault: "Erreur serveur lors de la gestion de l'OTP",

  tooManySends: "Trop d'OTP ont été demandés pour ce numéro. Réessayez plus tard.",
  tooManyRequests: 'Trop de requêtes. Réessayez plus tard.',
  numberLocked: "Trop d'OTP erronés ont été saisis pour ce numéro. Réessayez plus tard.",
  destinationRefused: 'Aucun OTP ne peut être envoyé à ce numéro',
  workRequired: 'Une preuve de travail est requise : GET /otp/altcha en donne le calcul',
  invalidRequest: 'Requête invalide',
  malformed: "Le corps de la requête n'est pas du JSON valide",
  unsupportedMediaType: 'Content-Type doit être application/json',
  tooLarge: 'Le corps de la requête est trop volumineux',
  notFound: 'Introuvable',
  methodNotAllowed: 'Méthode non autorisée',
  unavailable: 'Service momentanément indisponible. Réessayez.',
}

export type Messages = typeof french

const english: Messages = {
  created: 'OTP created successfully',
  regenerated: 'OTP regenerated successfully',
  verified: 'OTP verified successfully',

  missingFields: 'Required fields are missing',
  invalidType: "Invalid operation type. Use 'create' or 'resend'.",
  unknownCitizen: 'Phone number not found or not associated with a Citizen',
  codeExists: "An OTP already exists for this number. Use type 'resend' to regenerate it.",
  noCode: "No OTP exists for this number. Use type 'create' to generate one.",
  invalidCode: 'Invalid or expired OTP',
  fault: 'Server error while handling the OTP',

  tooManySends: 'Too many OTPs were requested for this number. Try again later.',
  tooManyRequests: 'Too many requests. Try again later.',
  numberLocked: 'Too many wrong OTPs were entered for this number. Try again later.',
  destinationRefused: 'No OTP can be sent to this number',
  workRequired: 'A proof of work is required: GET /otp/altcha gives the puzzle',
  invalidRequest: 'Invalid request',
  malformed: 'The request body is not valid JSON',
  unsupportedMediaType: 'Content-Type must be application/json',
  tooLarge: 'The request body is too large',
  notFound: 'Not found',
  methodNotAllowed: 'Method not allowed',
  unavailable: 'Temporarily unavailable. Please try again.',
}

/** The messages in the language that the caller prefers; the document's own is French. */
export const messagesFor = (locale: AnswerLocale | null): Messages => (locale === 'en' ? english : french)
