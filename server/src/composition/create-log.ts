import { type DestinationStream, type Logger, pino } from 'pino'
import type { Config } from '../config/config.ts'
import { renderCause } from './render-cause.ts'

/** A log of named events on standard error, so that the output of a command stays clean. Levels are words. */
export const createLog = (
  level: Config['logLevel'],
  destination: DestinationStream = pino.destination({ fd: process.stderr.fd, sync: false }),
): Logger =>
  pino(
    {
      level,
      base: null,
      formatters: { level: (word) => ({ level: word }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: renderCause },
    },
    destination,
  )
