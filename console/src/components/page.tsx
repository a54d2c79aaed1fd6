import { type ReactNode, useEffect } from 'react'
import { useArrival } from '../manners/use-arrival.ts'

export type PageProps = {
  title: string
  /** One sentence: what the page is for. */
  sentence: ReactNode
  /** The one thing that most come to do. */
  action?: ReactNode
  children: ReactNode
}

/** The frame of every page: title, sentence, action, content. */
export function Page({ title, sentence, action, children }: PageProps) {
  useArrival()
  useEffect(() => {
    document.title = `${title} · Watchword`
  }, [title])
  return (
    <div className="mx-auto w-full max-w-[76rem] px-4 pt-6 pb-24 md:px-8 md:pb-12">
      <div className="mb-6 flex flex-wrap items-start justify-between gap-x-8 gap-y-4">
        <div className="max-w-[72ch]">
          <h1 id="page-title" tabIndex={-1} className="text-28 outline-none">
            {title}
          </h1>
          <p className="mt-1 text-16 text-grey-3">{sentence}</p>
        </div>
        {action !== undefined && <div className="flex flex-wrap gap-2">{action}</div>}
      </div>
      {children}
    </div>
  )
}

/** A part of a page under a heading of its own. */
export function Section({
  title,
  action,
  children,
}: {
  title: string
  action?: ReactNode
  children: ReactNode
}) {
  return (
    <section aria-label={title} className="mt-8 first:mt-0">
      <div className="mb-3 flex min-h-9 flex-wrap items-center justify-between gap-2">
        <h2 className="text-20">{title}</h2>
        {action}
      </div>
      {children}
    </section>
  )
}
