import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { request } from '../api/request.ts'
import { sessionQuery, useOperator } from '../api/session.ts'
import { Menu, MenuChoice, MenuItem, MenuLine, MenuNote } from '../components/menu.tsx'
import { useGo } from '../components/path-link.tsx'
import { useLanguage, useWords } from '../language/language.tsx'
import { languageNames, languages } from '../language/words.ts'
import { themes, useTheme } from '../manners/theme.ts'
import { shellWords } from './shell-words.ts'

/** Who is signed in, the theme, the language, and the way out. */
export function MeMenu({ trigger }: { trigger: ReactNode }) {
  const words = useWords(shellWords)
  const operator = useOperator()
  const client = useQueryClient()
  const go = useGo()
  const { theme, choose: chooseTheme } = useTheme()
  const { language, choose: chooseLanguage } = useLanguage()

  const signOut = async () => {
    await request('admin/v1/session', { method: 'DELETE' })
    // Nothing of what the operator saw may stay for who sits here next.
    client.clear()
    client.setQueryData(sessionQuery.queryKey, null)
    go('/sign-in')
  }

  return (
    <Menu trigger={trigger}>
      <MenuNote>{operator === null ? words.notSignedIn : words.signedInAs(operator.email)}</MenuNote>
      {operator === null ? (
        <MenuItem icon="person" onSelect={() => go('/sign-in')}>
          {words.signIn}
        </MenuItem>
      ) : (
        <MenuItem icon="out" onSelect={() => void signOut()}>
          {words.signOut}
        </MenuItem>
      )}
      <MenuLine />
      <MenuChoice
        label={words.theme}
        value={theme}
        options={themes.map((value) => ({ value, label: words.themes[value] }))}
        onChoose={chooseTheme}
      />
      <MenuLine />
      <MenuChoice
        label={words.language}
        value={language}
        options={languages.map((value) => ({ value, label: languageNames[value] }))}
        onChoose={chooseLanguage}
      />
    </Menu>
  )
}
