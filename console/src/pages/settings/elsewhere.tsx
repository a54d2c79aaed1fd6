import { urlOf } from '../../api/request.ts'
import { Section } from '../../components/page.tsx'
import { PathLink } from '../../components/path-link.tsx'
import { useWords } from '../../language/language.tsx'
import { words as settingsWords } from './words.ts'

const linkClass = 'font-strong text-accent hover:underline'

/** Where everything is set that is not set here. */
export function Elsewhere() {
  const words = useWords(settingsWords)
  return (
    <Section title={words.elsewhere}>
      <ul className="space-y-2 text-14">
        <li>
          <PathLink path="/projects" className={linkClass}>
            {words.projects}
          </PathLink>{' '}
          {words.projectsWhat}
        </li>
        <li>
          <PathLink path="/carriers" className={linkClass}>
            {words.carriers}
          </PathLink>{' '}
          {words.carriersWhat}
        </li>
        <li>
          <a href={urlOf('docs').href} className={linkClass}>
            {words.documentation}
          </a>{' '}
          {words.documentationWhat}
        </li>
        <li>
          <a href={urlOf('openapi.json').href} className={linkClass}>
            openapi.json
          </a>{' '}
          {words.openApiWhat}
        </li>
      </ul>
    </Section>
  )
}
