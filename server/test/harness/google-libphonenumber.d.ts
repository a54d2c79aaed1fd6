/** The part of the package's API that the tests use; the package has no types. */
declare module 'google-libphonenumber' {
  export type GoogleNumber = { readonly brand: 'GoogleNumber' }
  export type GoogleUtil = {
    getSupportedRegions(): string[]
    getExampleNumberForType(region: string, type: number): GoogleNumber | null
    format(number: GoogleNumber, format: number): string
    formatNationalNumberWithPreferredCarrierCode(number: GoogleNumber, carrier: string): string
    formatNumberForMobileDialing(number: GoogleNumber, from: string, withFormatting: boolean): string
    formatOutOfCountryCallingNumber(number: GoogleNumber, from: string): string
  }
  const library: {
    PhoneNumberUtil: { getInstance(): GoogleUtil }
    PhoneNumberFormat: Record<'E164' | 'INTERNATIONAL' | 'NATIONAL' | 'RFC3966', number>
    PhoneNumberType: Record<string, number>
  }
  export default library
}
