import type { StandIn } from './stand-in.ts'

/** An inbox has no peer. Another test covers what it shows, which is read from the challenges. */
export const standIn: StandIn = {
  http: null,
  canRefuse: false,
  async start() {
    return {
      settings: {},
      wrongSettings: null,
      behave: () => {},
      answer: () => {},
      received: async () => [],
      requests: () => 0,
      problems: () => [],
      stop: async () => {},
    }
  },
}
