import http from 'node:http'
import https from 'node:https'

const totalMilliseconds = 10_000
const answerBytesMax = 65_536

/** Reads a small document within the bounds of H4: no redirect, ten seconds in all. Rejects for every answer but 200. */
export function getText(url: URL): Promise<string> {
  const client = url.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const request = client.get(url, { signal: AbortSignal.timeout(totalMilliseconds) }, (response) => {
      const fail = (reason: string) => request.destroy(new Error(reason))
      if (response.statusCode !== 200) return void fail(`HTTP ${response.statusCode}`)
      const chunks: Buffer[] = []
      let length = 0
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        length += chunk.length
        if (length > answerBytesMax) fail('the answer is too large')
      })
      response.on('error', reject)
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    })
    request.on('error', reject)
  })
}
