import { CopyButton } from '../../components/copy-button.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useWords } from '../../language/language.tsx'
import { type ExampleRequest, examples } from './examples.ts'
import { words as playgroundWords } from './words.ts'

type ExampleTabsProps = { request: ExampleRequest; language: string; onLanguage: (language: string) => void }

/** A request in the languages that programs are written in, ready to paste. */
export function ExampleTabs({ request, language, onLanguage }: ExampleTabsProps) {
  const words = useWords(playgroundWords)
  const shown = examples.find(({ id }) => id === language)
  return (
    <Tabs
      label={words.example}
      value={language}
      onChange={onLanguage}
      action={shown !== undefined && <CopyButton look="quiet" text={shown.render(request)} />}
      tabs={examples.map(({ id, name, render }) => ({
        id,
        label: name,
        content: <Code text={render(request)} />,
      }))}
    />
  )
}

/** A block of code that scrolls by itself. */
const Code = ({ text }: { text: string }) => (
  <pre
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    tabIndex={0}
    className="max-h-[28rem] overflow-auto rounded bg-grey-1 p-4 text-12 leading-[1.125rem]"
  >
    {text}
  </pre>
)
