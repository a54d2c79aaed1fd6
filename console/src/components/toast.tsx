import * as RadixToast from '@radix-ui/react-toast'
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react'
import { useWords } from '../language/language.tsx'
import { sharedWords } from '../language/shared-words.ts'
import { Meaning, type MeaningKind } from './meaning.tsx'

type Said = { id: number; text: string; meaning: MeaningKind }
type Say = (text: string, meaning?: MeaningKind) => void

const SayContext = createContext<Say>(() => {})

/** Says for a few seconds, in a corner, that something is done. Mistakes belong beside what is mistaken instead. */
export const useToast = (): Say => useContext(SayContext)

let lastId = 0

/** Shows what is said anywhere below it. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const words = useWords(sharedWords)
  const [said, setSaid] = useState<Said[]>([])
  const say = useCallback<Say>((text, meaning = 'good') => {
    lastId += 1
    const id = lastId
    setSaid((before) => [...before.slice(-2), { id, text, meaning }])
  }, [])
  const forget = (id: number) => setSaid((before) => before.filter((one) => one.id !== id))
  return (
    <RadixToast.Provider label={words.notifications} duration={5000}>
      <SayContext value={say}>{children}</SayContext>
      {said.map(({ id, text, meaning }) => (
        <RadixToast.Root
          key={id}
          onOpenChange={(isOpen) => !isOpen && forget(id)}
          className="rounded border border-grey-2 bg-paper px-4 py-3 shadow-float"
        >
          <RadixToast.Description className="text-14">
            <Meaning kind={meaning}>
              <span className="whitespace-normal text-ink">{text}</span>
            </Meaning>
          </RadixToast.Description>
        </RadixToast.Root>
      ))}
      <RadixToast.Viewport
        label={words.notifications}
        className="fixed right-4 bottom-20 z-50 flex w-80 max-w-[calc(100vw-2rem)] flex-col gap-2 outline-none md:bottom-4"
      />
    </RadixToast.Provider>
  )
}
