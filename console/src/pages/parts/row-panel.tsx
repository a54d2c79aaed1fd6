import { useParams } from '@tanstack/react-router'
import { useGo } from '../../components/path-link.tsx'
import { SidePanel } from '../../components/side-panel.tsx'
import { useWords } from '../../language/language.tsx'
import { words as partsWords } from './words.ts'

/** A row over its table, at a URL of its own. */
export function RowPanel() {
  const words = useWords(partsWords)
  const go = useGo()
  const { id = '' }: { id?: string } = useParams({ strict: false })
  return (
    <SidePanel title={words.row(id)} sentence={words.rowSentence} onClose={() => go('/parts', 'kept')}>
      <p>{words.bring}</p>
    </SidePanel>
  )
}
