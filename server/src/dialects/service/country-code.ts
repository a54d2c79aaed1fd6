import { parseCallingCode } from '../../domain/address.ts'

/** The country code of a request as the caller wrote it; null when it is empty or missing. */
export const readCountryCode = ({ countryCode }: { countryCode?: string | null }): string | null =>
  countryCode?.trim() ? countryCode : null

/** Whether a text is a calling code: `+1`, `1`, `+225`. */
export const isCallingCode = (text: string): boolean => parseCallingCode(text) !== null
