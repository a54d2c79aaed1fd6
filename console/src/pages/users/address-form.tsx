import { useState } from 'react'
import { changeUser, type User, type UserChange } from '../../api/users.ts'
import { Button } from '../../components/button.tsx'
import { CheckField, TextField } from '../../components/field.tsx'
import { Notice } from '../../components/meaning.tsx'
import { useToast } from '../../components/toast.tsx'
import { useForm } from '../../components/use-form.ts'
import { useWords } from '../../language/language.tsx'
import { useRefreshUsers } from './use-refresh-users.ts'
import { words as usersWords } from './words.ts'

/** Changes the addresses of a user, and whether they count as proven. */
export function AddressForm({ projectId, user }: { projectId: string; user: User }) {
  const words = useWords(usersWords)
  const say = useToast()
  const refresh = useRefreshUsers(projectId)
  const [isEmailProven, setIsEmailProven] = useState(user.isEmailVerified)
  const [isPhoneProven, setIsPhoneProven] = useState(user.isPhoneVerified)
  const { fieldProps, formProps, fields, failure, isBusy } = useForm({
    initial: { email: user.email ?? '', phone: user.phone ?? '' },
    rules: {
      email: (email, { phone }) => {
        if (email.trim() === '') return phone.trim() === '' ? words.addressNeeded : null
        return /^\S+@\S+$/.test(email.trim()) ? null : words.notEmail
      },
    },
    async submit({ email, phone }) {
      const change: UserChange = {
        ...changeOf('email', {
          from: user.email,
          to: email,
          wasProven: user.isEmailVerified,
          isProven: isEmailProven,
        }),
        ...changeOf('phone', {
          from: user.phone,
          to: phone,
          wasProven: user.isPhoneVerified,
          isProven: isPhoneProven,
        }),
      }
      if (Object.keys(change).length === 0) return say(words.unchanged, 'neutral')
      await changeUser(projectId, user.userId, change)
      say(words.saved)
      await refresh()
    },
  })
  return (
    <form {...formProps} className="space-y-4">
      <div className="grid gap-4 md:grid-cols-2">
        <div className="space-y-2">
          <TextField label={words.email} type="email" autoComplete="off" {...fieldProps('email')} />
          {fields.email.trim() !== '' && (
            <CheckField
              name="emailVerified"
              label={words.emailVerified}
              value={isEmailProven}
              onChange={setIsEmailProven}
            />
          )}
        </div>
        <div className="space-y-2">
          <TextField label={words.phone} type="tel" autoComplete="off" {...fieldProps('phone')} />
          {fields.phone.trim() !== '' && (
            <CheckField
              name="phoneVerified"
              label={words.phoneVerified}
              value={isPhoneProven}
              onChange={setIsPhoneProven}
            />
          )}
        </div>
      </div>
      <p className="max-w-[72ch] text-12 text-grey-3">
        {words.phoneHint} {words.warning}
      </p>
      {failure !== null && <Notice kind="bad">{failure.message}</Notice>}
      <Button type="submit" look="primary" isBusy={isBusy}>
        {words.save}
      </Button>
    </form>
  )
}

type AddressChange = { from: string | null; to: string; wasProven: boolean; isProven: boolean }

/** What the API must be told about one address: a new one with its standing, its standing alone, or nothing. */
function changeOf(name: 'email' | 'phone', { from, to, wasProven, isProven }: AddressChange): UserChange {
  const next = to.trim() === '' ? null : to.trim()
  if (next === null) return from === null ? {} : { [name]: null }
  if (next !== from) return { [name]: next, [`${name}Verified`]: isProven }
  return wasProven === isProven ? {} : { [`${name}Verified`]: isProven }
}
