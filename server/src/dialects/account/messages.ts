import type { AnswerLocale } from '../../domain/locale.ts'

/** The messages of this dialect, in the language of its document. */
const french = {
  registered: 'Inscription enregistrée. Un code de vérification a été envoyé par e-mail',
  verified: 'Compte vérifié avec succès',
  loggedIn: 'Connexion réussie',
  codeRequested: 'Si un compte correspond à cette adresse, un code a été envoyé par e-mail',
  refreshed: 'Jetons renouvelés avec succès',
  loggedOut: 'Déconnexion réussie',
  passwordReset: 'Mot de passe réinitialisé avec succès',
  codeValid: 'Code valide',
  currentUser: 'Utilisateur actuel',

  codeRefused: 'Code invalide ou expiré',
  credentialsWrong: 'Identifiants invalides',
  accountUnverified: 'Compte non vérifié',
  accountInactive: 'Compte désactivé',
  accessTokenRefused: "Jeton d'accès invalide ou expiré",
  refreshTokenRefused: 'Jeton de rafraîchissement invalide ou expiré',
  tooMany: 'Trop de demandes, veuillez réessayer plus tard',
  destinationRefused: 'Aucun message ne peut être envoyé à cette adresse',
  workRequired: 'Une preuve de travail est requise : GET /auth/altcha en donne le calcul',

  invalid: 'Données invalides',
  malformed: 'La requête est mal formée',
  unsupportedMediaType: 'Le corps de la requête doit être de type application/json',
  tooLarge: 'Le corps de la requête est trop volumineux',
  notFound: 'Route introuvable',
  methodNotAllowed: 'Méthode non autorisée',
  unavailable: 'Service momentanément indisponible, veuillez réessayer',
  fault: 'Une erreur interne est survenue',
}

/** The messages about one field, in `data.errors`. */
const frenchFields = {
  fieldRequired: 'Ce champ est requis',
  fieldNotText: 'Ce champ doit être une chaîne de caractères',
  fieldEmpty: 'Ce champ ne doit pas être vide',
  fieldUnreadable: 'Ce champ contient des caractères interdits',
  fieldWrong: 'Ce champ est invalide',
  bodyNotObject: 'Le corps de la requête doit être un objet JSON',
  emailWrong: "L'adresse e-mail est invalide",
  codeWrong: 'Le code doit comporter exactement six chiffres',
  codeLengthWrong: 'Le code doit comporter autant de chiffres que le code envoyé',
  nameWrong: 'Ce champ doit comporter de 1 à 100 caractères, sans caractère de contrôle',
  purposeWrong: 'Ce champ doit être ACCOUNT_VERIFICATION, LOGIN_CONFIRMATION ou FORGOT_PASSWORD',
  passwordTooShort: 'Le mot de passe doit comporter au moins 8 caractères',
  passwordTooLong: 'Le mot de passe doit comporter au plus 256 caractères',
  passwordUnreadable: 'Le mot de passe contient des caractères interdits',
  passwordCommon: 'Ce mot de passe est trop courant',
  passwordOwnData: 'Le mot de passe ne doit pas reprendre votre nom ni votre adresse e-mail',
}

/** A message about the request as a whole: the `message` of an answer. */
export type Message = keyof typeof french
/** A message about one field of the request. */
export type FieldMessage = keyof typeof frenchFields
export type Messages = Record<Message | FieldMessage, string>

const english: Record<Message, string> = {
  registered: 'Registration recorded. A verification code has been sent by e-mail',
  verified: 'Account verified successfully',
  loggedIn: 'Logged in successfully',
  codeRequested: 'If an account has this address, a code has been sent by e-mail',
  refreshed: 'Tokens refreshed successfully',
  loggedOut: 'Logged out successfully',
  passwordReset: 'Password reset successfully',
  codeValid: 'The code is valid',
  currentUser: 'Current user',

  codeRefused: 'Invalid or expired code',
  credentialsWrong: 'Invalid credentials',
  accountUnverified: 'Account not verified',
  accountInactive: 'Account disabled',
  accessTokenRefused: 'Invalid or expired access token',
  refreshTokenRefused: 'Invalid or expired refresh token',
  tooMany: 'Too many requests, please try again later',
  destinationRefused: 'No message can be sent to this address',
  workRequired: 'A proof of work is required: GET /auth/altcha gives the puzzle',

  invalid: 'Invalid data',
  malformed: 'The request is malformed',
  unsupportedMediaType: 'The body of the request must be application/json',
  tooLarge: 'The body of the request is too large',
  notFound: 'Route not found',
  methodNotAllowed: 'Method not allowed',
  unavailable: 'Temporarily unavailable, please try again',
  fault: 'An internal error occurred',
}

const englishFields: Record<FieldMessage, string> = {
  fieldRequired: 'This field is required',
  fieldNotText: 'This field must be a string',
  fieldEmpty: 'This field must not be empty',
  fieldUnreadable: 'This field contains forbidden characters',
  fieldWrong: 'This field is invalid',
  bodyNotObject: 'The body of the request must be a JSON object',
  emailWrong: 'The e-mail address is invalid',
  codeWrong: 'The code must have exactly six digits',
  codeLengthWrong: 'The code must have as many digits as the code that was sent',
  nameWrong: 'This field must have 1 to 100 characters and no control characters',
  purposeWrong: 'This field must be ACCOUNT_VERIFICATION, LOGIN_CONFIRMATION or FORGOT_PASSWORD',
  passwordTooShort: 'The password must have at least 8 characters',
  passwordTooLong: 'The password must have at most 256 characters',
  passwordUnreadable: 'The password contains forbidden characters',
  passwordCommon: 'This password is too common',
  passwordOwnData: 'The password must not repeat your name or e-mail address',
}

/** The messages in the language that the caller prefers; the document's own is French. */
export const messagesFor = (locale: AnswerLocale | null): Messages => messages[locale ?? 'fr']

const messages: Record<AnswerLocale, Messages> = {
  fr: { ...french, ...frenchFields },
  en: { ...english, ...englishFields },
}

/** Whether a text is the name of a field message: the refinements of the schemas report such names. */
export const isFieldMessage = (text: string): text is FieldMessage => Object.hasOwn(frenchFields, text)

/** The names of the messages about a field. */
export const fieldMessages = Object.keys(frenchFields) as FieldMessage[]
