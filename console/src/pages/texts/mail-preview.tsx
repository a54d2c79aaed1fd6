import { useEffect, useRef } from 'react'

/**
 * Mail as mail programs show it, in a tree of its own, so that neither style sheet touches the other. A frame would
 * inherit the policy of the page, which forbids the inline styles that mail is made of; set through the CSSOM they are
 * allowed, and whatever could run or load something is left out.
 */
export function MailPreview({ html, label }: { html: string; label: string }) {
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (host.current === null) return
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' })
    root.replaceChildren(...readMail(html))
  }, [html])
  return (
    <section
      ref={host}
      aria-label={label}
      className="overflow-x-auto rounded border border-grey-2 bg-[#f3f4f6] text-[#16181d] scheme-light"
    />
  )
}

/** The name under which a style waits until it may be set. */
const kept = 'data-kept-style'

function readMail(html: string): Node[] {
  // A parser checks styles against the policy already, so it must not find one.
  const harmless = html.replace(/<style>[\s\S]*?<\/style>/g, '').replaceAll(' style="', ` ${kept}="`)
  const parsed = new DOMParser().parseFromString(harmless, 'text/html')
  for (const element of parsed.querySelectorAll('script, style, link, meta, base, iframe, object, form'))
    element.remove()
  for (const image of parsed.querySelectorAll('img')) image.replaceWith(image.alt)
  for (const link of parsed.querySelectorAll('a')) link.removeAttribute('href')
  const body = document.importNode(parsed.body, true)
  for (const element of body.querySelectorAll<HTMLElement>(`[${kept}]`)) {
    element.style.cssText = element.getAttribute(kept) ?? ''
    element.removeAttribute(kept)
  }
  return [...body.childNodes]
}
