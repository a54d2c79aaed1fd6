import { useBlocker } from '@tanstack/react-router'
import { useState } from 'react'
import { useWords } from '../language/language.tsx'
import { defineWords } from '../language/words.ts'
import { saveText } from '../manners/save-text.ts'
import { useCopy } from '../manners/use-copy.ts'
import { Button } from './button.tsx'
import { Actions } from './dialog.tsx'
import { Notice } from './meaning.tsx'

export type SecretOnceProps = {
  /** What it is: "The key checkout". */
  title: string
  /** What it opens, and what to do if it is lost. */
  sentence: string
  secret: string
  fileName: string
  onDone: () => void
}

/** A secret that the server shows this once. Who leaves before it was copied or saved is asked first. */
export function SecretOnce({ title, sentence, secret, fileName, onDone }: SecretOnceProps) {
  const words = useWords(secretWords)
  const [isKept, setIsKept] = useState(false)
  const { isCopied, copy } = useCopy()
  const blocker = useBlocker({
    shouldBlockFn: () => !isKept,
    enableBeforeUnload: () => !isKept,
    withResolver: true,
  })
  return (
    <section aria-label={title}>
      <h3 className="text-16 font-strong">{title}</h3>
      <p className="mt-1 mb-3 text-14 text-grey-3">{sentence}</p>
      <p className="rounded bg-grey-1 px-4 py-3 font-mono text-14 break-all select-all">{secret}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button
          icon={isCopied ? 'check' : 'copy'}
          onClick={() => {
            setIsKept(true)
            void copy(secret)
          }}
        >
          <span aria-live="polite">{isCopied ? words.copied : words.copy}</span>
        </Button>
        <Button
          icon="download"
          onClick={() => {
            setIsKept(true)
            saveText(fileName, `${secret}\n`)
          }}
        >
          {words.download}
        </Button>
      </div>
      <div className="mt-4">
        {blocker.status === 'blocked' ? (
          <Notice kind="warn">
            <p>{words.leaving}</p>
            <Actions>
              <Button size="small" onClick={blocker.reset}>
                {words.stay}
              </Button>
              <Button size="small" look="danger" onClick={blocker.proceed}>
                {words.leave}
              </Button>
            </Actions>
          </Notice>
        ) : (
          <Notice kind="warn">{words.once}</Notice>
        )}
      </div>
      <Actions>
        <Button look="primary" disabled={!isKept} onClick={onDone}>
          {words.done}
        </Button>
      </Actions>
    </section>
  )
}

const secretWords = defineWords({
  en: {
    copy: 'Copy',
    copied: 'Copied',
    download: 'Download',
    once: 'It is shown this once. The server keeps no copy that anybody could read.',
    leaving: 'You have neither copied nor saved it. Once you leave, nobody can show it again.',
    stay: 'Stay',
    leave: 'Leave without it',
    done: 'I have kept it',
  },
  fr: {
    copy: 'Copier',
    copied: 'Copié',
    download: 'Télécharger',
    once: 'Ce secret ne s’affiche qu’une fois. Le serveur n’en garde aucune copie lisible.',
    leaving:
      'Vous ne l’avez ni copié ni enregistré. Une fois la page quittée, personne ne pourra le réafficher.',
    stay: 'Rester',
    leave: 'Quitter sans le garder',
    done: 'Je l’ai conservé',
  },
})
