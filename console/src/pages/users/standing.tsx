import { useMutation } from '@tanstack/react-query'
import { failureOf } from '../../api/failure.ts'
import { changeUser, type User } from '../../api/users.ts'
import { Button } from '../../components/button.tsx'
import { Section } from '../../components/page.tsx'
import { useToast } from '../../components/toast.tsx'
import { useWords } from '../../language/language.tsx'
import { useRefreshUsers } from './use-refresh-users.ts'
import { words as usersWords } from './words.ts'

/** Disables a user, which can be taken back. */
export function Standing({ projectId, user: { userId, isActive } }: { projectId: string; user: User }) {
  const words = useWords(usersWords)
  const say = useToast()
  const refresh = useRefreshUsers(projectId)
  const { mutate, isPending } = useMutation({
    mutationFn: () => changeUser(projectId, userId, { isActive: !isActive }),
    onSuccess: () => {
      say(isActive ? words.disabledNow : words.enabledNow)
      return refresh()
    },
    onError: (error) => say(failureOf(error).message, 'bad'),
  })
  return (
    <Section title={words.state}>
      <Button isBusy={isPending} onClick={() => mutate()}>
        {isActive ? words.disable : words.enable}
      </Button>
    </Section>
  )
}
