import { isLoopbackHost } from '../config/loopback.ts'

/**
 * Where browsers find the console. On this machine by its name: a passkey belongs to a name, never to an address, and a cookie
 * that is secure needs https or localhost.
 */
export function consoleUrlOf(publicUrl: string): string {
  const url = new URL(publicUrl)
  if (isLoopbackHost(url.hostname)) url.hostname = 'localhost'
  return `${url.href.replace(/\/+$/, '')}/console`
}
