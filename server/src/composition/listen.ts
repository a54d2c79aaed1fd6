import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config/config.ts'
import { ConfigurationError } from '../config/configuration-error.ts'

/**
 * Listens, and answers where: at `HOST` as it was given, because 0.0.0.0 is not this machine alone. An unknown `HOST` is reported as such: by its error code it could as well be the host of
 * the database.
 */
export async function listen(
  app: FastifyInstance,
  { host, port }: Pick<Config, 'host' | 'port'>,
): Promise<string> {
  try {
    await app.listen({ host, port })
    const bound = (app.server.address() as AddressInfo).port
    return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOTFOUND' && code !== 'EAI_AGAIN') throw error
    const remedy = 'Name an address of this machine: 0.0.0.0 stands for all of them.'
    const expected = 'an IP address, or a host name that is known here'
    throw new ConfigurationError([
      { where: 'HOST', read: JSON.stringify(host), expected, example: 'HOST=0.0.0.0', remedy },
    ])
  }
}

/** With `PORT=0` the system chooses the port, so the default `PUBLIC_URL` cannot name it earlier. */
export const withBoundPort = (publicUrl: string, url: string): string =>
  publicUrl.replace(/:0$/, `:${new URL(url).port}`)
