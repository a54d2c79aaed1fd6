import { type ReactNode, useState } from 'react'
import { useWords } from '../language/language.tsx'
import { sharedWords } from '../language/shared-words.ts'
import { useQueryText } from '../manners/use-query-text.ts'
import { useQueryTexts } from '../manners/use-query-texts.ts'
import { Button } from './button.tsx'
import { SelectField } from './field.tsx'

/** A choice that lives in the query of the URL under its name. The first option is the one of a URL without it. */
export type Filter = {
  name: string
  label: string
  options: readonly { value: string; label: string }[]
}

/** The filters of a list in one row. A phone shows them when it is asked to. */
export function FilterBar({ filters, children }: { filters: readonly Filter[]; children?: ReactNode }) {
  const words = useWords(sharedWords)
  const [isOpen, setIsOpen] = useState(false)
  const chosenCount = Object.keys(useQueryTexts(filters.map(({ name }) => name))).length
  return (
    <div className="mb-4 flex flex-wrap items-end gap-3">
      {children}
      <Button className="md:hidden" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
        {chosenCount === 0 ? words.filters : words.filtersChosen(chosenCount)}
      </Button>
      <div
        className={`${isOpen ? 'grid' : 'hidden'} w-full grid-cols-2 gap-3 md:flex md:w-auto md:flex-wrap`}
      >
        {filters.map((filter) => (
          <Choice key={filter.name} {...filter} />
        ))}
      </div>
    </div>
  )
}

function Choice({ name, label, options }: Filter) {
  const [value, setValue] = useQueryText(name)
  // A value of an old URL stays visible, because it still filters.
  const isKnown = value === '' || options.some((option) => option.value === value)
  return (
    <div className="min-w-0 md:w-32">
      <SelectField
        {...{ label, value }}
        options={isKnown ? options : [...options, { value, label: value }]}
        onChange={setValue}
      />
    </div>
  )
}
