import { Page } from '../../components/page.tsx'

export const PlaygroundPage = () => (
  <Page title="Playground" sentence="…">
    …
  </Page>
)
