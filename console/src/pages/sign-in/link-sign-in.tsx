import { useEffect, useRef } from 'react'
import type { Session } from '../../api/session.ts'
import { signIn } from '../../api/sign-in.ts'
import { useWords } from '../../language/language.tsx'
import { SignInFrame } from './sign-in-frame.tsx'
import { words as signInWords } from './words.ts'

type LinkSignInProps = { token: string; onSession: (session: Session) => void; onSpent: () => void }

/** Uses a link at once: it was opened to sign in. */
export function LinkSignIn({ token, onSession, onSpent }: LinkSignInProps) {
  const words = useWords(signInWords)
  const isUsed = useRef(false)
  useEffect(() => {
    // A link works once, and React runs effects twice in development.
    if (isUsed.current) return
    isUsed.current = true
    signIn.link(token).then((session) => {
      onSession(session)
      onSpent()
    }, onSpent)
  }, [token, onSession, onSpent])
  return (
    <SignInFrame title={words.title}>
      <p role="status" className="text-16 text-grey-3">
        {words.usingLink} …
      </p>
    </SignInFrame>
  )
}
