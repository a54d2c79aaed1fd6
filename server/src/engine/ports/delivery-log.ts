type Write = (details: object, event: string) => void

/** Logs named events. A pino logger is one. */
export type DeliveryLog = { debug: Write; info: Write; warn: Write; error: Write }
