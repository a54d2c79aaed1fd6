import { Page } from '../../components/page.tsx'

export const StartPage = () => (
  <Page title="Start" sentence="…">
    …
  </Page>
)
