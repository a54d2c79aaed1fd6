import { Page } from '../../components/page.tsx'

export const SignInPage = () => (
  <Page title="SignIn" sentence="…">
    …
  </Page>
)
