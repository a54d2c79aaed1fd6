import { Fragment } from 'react'

/** What to do at a provider, in the words of the documentation, which are English. */
export function Steps({ steps }: { steps: readonly string[] }) {
  if (steps.length === 0) return null
  return (
    <ul lang="en" className="list-disc space-y-1 pl-5 text-14">
      {steps.map((step) => (
        <li key={step}>
          <Inline text={step} />
        </li>
      ))}
    </ul>
  )
}

/** The code and the links of a sentence in Markdown; links within the documentation are their words. */
function Inline({ text }: { text: string }) {
  const parts = text.split(/(`[^`]+`|\[[^\]]+\]\([^)]+\))/)
  return parts.map((part, index) => {
    const [, words, target = ''] = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part) ?? []
    // The parts of a sentence never change their order.
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    if (part.startsWith('`')) return <code key={index}>{part.slice(1, -1)}</code>
    if (words === undefined || !target.startsWith('https://'))
      // biome-ignore lint/suspicious/noArrayIndexKey: see above
      return <Fragment key={index}>{words ?? part}</Fragment>
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: see above
      <a key={index} href={target} className="text-accent underline">
        {words}
      </a>
    )
  })
}
