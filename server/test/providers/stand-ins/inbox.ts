import type { StandIn } from './stand-in.ts'

/** Nobody is at the other end of an inbox; what it shows is read from the challenges, in a test of its own. */
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
