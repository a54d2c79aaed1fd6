import { parseCallingCode } from '../../domain/address.ts'

/** The country code of a request as it was written; an empty one is none. */
export const readCountryCode = ({ countryCode }: { countryCode?: string | null }): string | null =>
  countryCode?.trim() ? countryCode : null

/** Whether a text is a calling code: `+1`, `1`, `+225`. */
export const isCallingCode = (text: string): boolean => parseCallingCode(text) !== null
