import { Page } from '../../components/page.tsx'

export const InboxPage = () => (
  <Page title="Inbox" sentence="…">
    …
  </Page>
)
