import type { Layout } from './layout.ts'

const names = ['email', 'emailVerified', 'displayName', 'phoneNumber', 'disabled', 'passwordHash']

/** What `firebase auth:export` writes as JSON. Firebase has a phone only once it is proven. */
export const firebaseLayout: Layout = {
  name: 'Firebase',
  isOf: (found) => found.has('localId'),
  reads: (name) => names.includes(name),
  judgeNames: () => null,
  read: (values) => ({
    email: values.email,
    emailVerified: values.emailVerified ?? false,
    phone: values.phoneNumber,
    fullName: values.displayName,
    passwordHash: values.passwordHash,
    isActive: typeof (values.disabled ?? false) === 'boolean' ? values.disabled !== true : values.disabled,
  }),
}
