/*
 * The fixed error messages of the admin API; docs/errors.md lists them. Messages that name fields of a request are built
 * where the issue is found.
 */

export const errors = {
  tokenNeeded: { status: 401, message: 'The admin token is needed' },
  noProject: { status: 404, message: 'There is no such project' },
  noWorkspace: { status: 400, message: 'workspaceId names no workspace' },
  noVerification: { status: 404, message: 'There is no such verification in this project' },
  noImport: { status: 404, message: 'There is no such import in this project' },
  noUser: { status: 404, message: 'There is no such user in this project' },
  noSession: { status: 404, message: 'This user has no such open session' },
  nobodyToErase: { status: 404, message: 'The project knows nothing of this address' },
  noBusiness: { status: 404, message: 'There is no such business in this project' },
  noMember: { status: 404, message: 'This user is no member of this business' },
  noBusinessOrUser: { status: 404, message: 'There is no such business or no such user in this project' },
  noCarrier: { status: 404, message: 'There is no such carrier' },
  noKey: { status: 404, message: 'There is no such key, or it is revoked already' },
  noWebhook: { status: 404, message: 'There is no such webhook in this project' },
  noText: { status: 404, message: 'The project has no such text of its own' },
  unknownAddress: { status: 404, message: 'No code was ever sent to this address in this project' },
  prefixNotStopped: { status: 404, message: 'This prefix is not stopped in this project' },
  notOptedOut: { status: 404, message: 'This number has not answered STOP to this carrier' },
  notPhone: { status: 400, message: 'phone is no phone number in E.164' },
  notAddress: { status: 400, message: 'address is neither an e-mail address nor a phone number' },
  addressMissing: { status: 400, message: 'email and phone are both missing: one of them is needed' },
  noAddressLeft: { status: 400, message: 'the user would have neither email nor phone' },
  noEmailToVerify: { status: 400, message: 'emailVerified is about no email: the user has none' },
  noPhoneToVerify: { status: 400, message: 'phoneVerified is about no phone: the user has none' },
  nothingToChange: { status: 400, message: 'The request changes nothing: say what is to change' },
  businessesUnknown: { status: 400, message: 'businessIds names a business that does not exist' },
  businessUnreadable: { status: 400, message: 'name and type must be texts that can be read' },
  notFuture: {
    status: 400,
    message: 'expiresAt must be a moment in the future, such as 2035-01-01T00:00:00Z',
  },
  notMoments: { status: 400, message: 'from and until must be moments such as 2030-01-31T00:00:00Z' },
  notWebhookUrl: {
    status: 400,
    message: 'url must be an https URL without a password and without a fragment',
  },
  nothingToReplay: { status: 400, message: 'Say eventId, or from and until' },
  importRuns: { status: 409, message: 'Another import of this project is running: wait until it has ended' },
  projectActive: { status: 409, message: 'The project is active: disable it first' },
  emailTaken: { status: 409, message: 'email belongs to a user of this type already' },
  phoneTaken: { status: 409, message: 'phone belongs to a user of this type already' },
  businessTaken: { status: 409, message: 'There is a business of this number already' },
  carrierInFile: {
    status: 409,
    message: 'The configuration of the server has this carrier: change it there',
  },
  webhooksFull: { status: 409, message: 'The project has 20 webhooks, which is as many as it may have' },
} as const

export type AdminError = (typeof errors)[keyof typeof errors]
