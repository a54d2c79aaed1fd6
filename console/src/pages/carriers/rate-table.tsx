import type { CarrierRate } from '../../api/carriers.ts'
import { Count, Share } from '../../components/figures.tsx'
import { Meaning } from '../../components/meaning.tsx'
import { channelNames } from '../../language/channel-names.ts'
import { useWords } from '../../language/language.tsx'
import { words as carrierWords } from './words.ts'

/** What arrived in the last day, by channel and country. */
export function RateTable({ rates }: { rates: CarrierRate[] }) {
  const words = useWords(carrierWords)
  const channels = useWords(channelNames)
  if (rates.length === 0) return <p className="text-14 text-grey-3">{words.noReports}</p>
  return (
    <table className="w-full border-collapse text-14">
      <thead>
        <tr className="border-b border-grey-2 text-left text-12 text-grey-3">
          <th scope="col" className="py-2 pr-4">
            {words.channel}
          </th>
          <th scope="col" className="py-2 pr-4">
            {words.country}
          </th>
          <th scope="col" className="py-2 pr-4 text-right">
            {words.arrived}
          </th>
          <th scope="col" className="py-2 text-right">
            {words.lost}
          </th>
        </tr>
      </thead>
      <tbody>
        {rates.map(({ channel, country, delivered, lost, demotion }) => (
          <tr key={`${channel} ${country}`} className="border-b border-grey-2">
            <td className="py-2 pr-4">
              {channels[channel]}
              {demotion !== null && (
                <span className="ml-2 text-12">
                  <Meaning kind="warn">{words.demoted}</Meaning>
                </span>
              )}
            </td>
            <td className="py-2 pr-4">{country ?? '–'}</td>
            <td className="py-2 pr-4 text-right">
              <Share part={delivered} whole={delivered + lost} />
            </td>
            <td className="py-2 text-right">
              <Count of={lost} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
