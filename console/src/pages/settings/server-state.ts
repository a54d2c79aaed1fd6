export type ServerNode = {
  nodeId: string
  host: string
  version: string
  startedAt: string
  seenAt: string
  isAlive: boolean
}

export type Waiting = { count: number; oldestSeconds: number }

/** What the page reads of the state of the server. */
export type ServerState = {
  at: string
  nodes: ServerNode[]
  waiting: { messages: Waiting; webhooks: Waiting }
}
