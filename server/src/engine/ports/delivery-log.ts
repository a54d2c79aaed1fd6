type Write = (details: object, event: string) => void

/** Where named events go; a pino logger is one. */
export type DeliveryLog = { debug: Write; info: Write; warn: Write; error: Write }
