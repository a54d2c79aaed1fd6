import Type from 'typebox'
import type { AnswerSchema } from '../../http/dialect.ts'
import { createAnswersOf } from '../../http/error-answers.ts'
import { messageLanguage } from '../../http/message-language.ts'
import { type Messages, messagesFor } from './messages.ts'

/*
 * The wire shapes of this dialect, with the examples of its document.
 */

/** A text of only white space counts as empty. */
const filled = { pattern: '\\S' }

const phoneNumber = Type.String({ ...filled, description: 'Numéro de téléphone du citoyen.' })

export const otpBody = Type.Object({
  type: Type.String({
    ...filled,
    enum: ['create', 'resend'],
    description: "Type d'opération : `create` pour créer un nouvel OTP, `resend` pour régénérer.",
  }),
  phoneNumber,
  ...messageLanguage,
})

export const otpExamples = {
  "Création d'un OTP": { type: 'create', phoneNumber: '0123456789' },
  "Régénération d'un OTP": { type: 'resend', phoneNumber: '0123456789' },
}

const otpSchema = Type.Object({
  status: Type.Literal('success'),
  message: Type.String(),
  data: Type.Object({
    phoneNumber: Type.String({ description: 'As the caller wrote it.' }),
    otp: Type.String({ description: 'The code, or as many asterisks for callers who may not see it.' }),
    expiresAt: Type.String({ format: 'date-time' }),
  }),
})

const otpExample = (message: keyof Messages, otp: string, expiresAt: string) => ({
  status: 'success',
  message: messagesFor(null)[message],
  data: { phoneNumber: '0123456789', otp, expiresAt },
})

export const createdAnswer: AnswerSchema = {
  description: 'OTP créé avec succès',
  schema: otpSchema,
  examples: { create: otpExample('created', '12345', '2024-11-28T13:45:00.000Z') },
}

export const regeneratedAnswer: AnswerSchema = {
  description: 'OTP régénéré avec succès',
  schema: otpSchema,
  examples: { resend: otpExample('regenerated', '67890', '2024-11-28T13:50:00.000Z') },
}

export const verifyBody = Type.Object({
  phoneNumber,
  otp: Type.String({ ...filled, description: "Les cinq chiffres de l'OTP." }),
})

export const verifyExamples = { Vérification: { phoneNumber: '0123456789', otp: '12345' } }

export const verifiedAnswer: AnswerSchema = {
  description: 'OTP vérifié avec succès',
  schema: Type.Object({
    status: Type.Literal('success'),
    message: Type.String(),
    data: Type.Object({
      phoneNumber: Type.String(),
      verified: Type.Literal(true),
      verifiedAt: Type.String({ format: 'date-time' }),
    }),
  }),
  examples: {
    verified: {
      status: 'success',
      message: messagesFor(null).verified,
      data: { phoneNumber: '0123456789', verified: true, verifiedAt: '2024-11-28T13:44:00.000Z' },
    },
  },
}

/** Every error of the dialect. `data` is null, except in a 5xx, where it is the reference. */
export const errorBody = Type.Object({
  status: Type.Literal('error'),
  message: Type.String(),
  data: Type.Union([Type.String(), Type.Null()]),
})

/** The documented answers of a route's errors. */
export const answersOf = createAnswersOf<keyof Messages>({
  schema: errorBody,
  renderExample: ({ message }) => ({ status: 'error', message: messagesFor(null)[message], data: null }),
})
