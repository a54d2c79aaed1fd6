import { answerParent } from './child-process.mjs'

/** What has arrived at a sink: by id, the moment of the first arrival (by the machine's clock) and the code of each. */
export function createArrivals() {
  const byId = new Map()
  return {
    byId,
    count: 0,
    add(id, code) {
      this.count += 1
      const known = byId.get(id)
      if (known === undefined) byId.set(id, { at: performance.timeOrigin + performance.now(), codes: [code] })
      else known.codes.push(code)
    },
  }
}

/** Answers the parent: `count`, or `take` for everything since the last `take`. */
export function answerArrivals(arrivals) {
  answerParent((question) => {
    if (question === 'count') return { count: arrivals.count }
    const taken = [...arrivals.byId]
    arrivals.byId.clear()
    arrivals.count = 0
    return { arrivals: taken }
  })
}
