import { expect, test } from 'vitest'
import type { Address, Channel } from '../../src/domain/address.ts'
import type { Project } from '../../src/domain/project.ts'
import type { RecordQuery } from '../../src/engine/ports/records.ts'
import { createPersonStore } from '../../src/storage/stores/people.ts'
import { createRecordStore } from '../../src/storage/stores/records.ts'
import { codeOf, mail, type StorageWorld, wrongCodeFor } from '../harness/storage-world.ts'
import { rowsThatBreak } from '../slow/races/invariants.ts'

/* Records and their counts: what four nodes have sent and verified is read as the rows have it. */

type Row = {
  id: string
  channel: Channel
  address: string
  target: string
  recordId: string | null
  isVerified: boolean
  at: Date
}

const hour = 3_600_000

export function recordsContract(world: StorageWorld): void {
  const { makeProject, sendTo, check } = world

  /** Requests of every kind at once on all nodes: some are refused, some guesses are wrong, some codes are not verified. */
  const mix = (projects: Project[], times: number) =>
    Promise.all(
      Array.from({ length: times }, async (_, nth) => {
        const project = projects[nth % projects.length] as Project
        const isPhone = nth % 3 === 0
        const address = isPhone
          ? (`+22507${String(10_000_000 + Math.floor(Math.random() * 8e7))}` as Address)
          : mail()
        const more = {
          channel: isPhone ? ('whatsapp' as const) : ('email' as const),
          target: nth % 5 === 0 ? address.toUpperCase().replace('+', '00') : address,
          ...(nth % 2 === 0 ? { recordId: `order_${nth % 7}` } : {}),
          ...(nth % 11 === 0 ? { content: 'decoy' as const } : {}),
        }
        const sent = await sendTo(project, address, more, nth)
        if (!sent.ok) return
        const guess = { ...('recordId' in more ? { recordId: more.recordId } : {}) }
        const { challenge } = sent
        if (nth % 4 === 0) await check(project, address, wrongCodeFor(challenge), guess, nth + 1)
        // Twice, on two nodes: one of them spends the code.
        if (nth % 4 < 3)
          await Promise.all(
            [1, 2].map((more) => check(project, address, codeOf(challenge), guess, nth + more)),
          )
      }),
    )

  const rowsOf = async (project: Project): Promise<Row[]> =>
    world.db.query<Row>(
      `select encode(id, 'hex') as id, channel, address, target, record_id as "recordId", used_at is not null as "isVerified",
        created_at as at
      from challenges
      where project_id = $1 and content = 'code'
      order by challenges.id desc`,
      [project.id],
    )

  test('after requests of every kind on four nodes the counts by hour are those of the codes, and every page and total is that of the rows', async () => {
    // Every second token is the last one or leaves a tenth, so batches are decided once more.
    const projects = [await makeProject(), await makeProject({}, 40)]
    for (let hours = 0; hours < 4; hours += 1) {
      await mix(projects, 120)
      await world.db.moveClock(hour)
    }
    expect(await rowsThatBreak('the counts by hour are those of the codes', world)).toEqual([])

    const records = createRecordStore(world.db.database)
    for (const project of projects) {
      const rows = await rowsOf(project)
      expect(rows.length).toBeGreaterThan(30)
      expect(rows.some(({ isVerified }) => isVerified)).toBe(true)
      for (const query of queriesOf(project, rows)) {
        const matching = rows.filter((row) => matches(row, query))
        const { records: page, total } = await records.page(query)
        expect([query, total, page.map(({ id }) => id)]).toEqual([
          query,
          matching.length,
          matching.slice(query.offset, query.offset + query.limit).map(({ id }) => id),
        ])
      }
      for (const range of rangesOf(rows)) {
        const inRange = rows.filter((row) => isWithin(row, range))
        const of = (channel: Channel) => inRange.filter((row) => row.channel === channel).length
        expect(await records.stats({ projectId: project.id, purpose: 'service', ...range })).toEqual({
          total: inRange.length,
          verified: inRange.filter(({ isVerified }) => isVerified).length,
          byChannel: { email: of('email'), sms: 0, whatsapp: of('whatsapp'), voice: 0 },
        })
      }
    }
  })

  test('a person who is erased stays in the counts as in the rows, without a name', async () => {
    const project = await makeProject()
    const address = mail()
    const challenge = await world.mustSend(project, address)
    await check(project, address, codeOf(challenge))
    await createPersonStore(world.db.database).erase(project.id, address)
    const records = createRecordStore(world.db.database)
    const all = { projectId: project.id, purpose: 'service', from: null, until: null } as const
    expect(await records.stats(all)).toMatchObject({ total: 1, verified: 1 })
    const page = await records.page({ ...anyQuery, projectId: project.id })
    expect([page.total, page.records.map(({ id }) => id)]).toEqual([1, [challenge.id]])
    expect((await records.page({ ...anyQuery, projectId: project.id, target: address })).total).toBe(0)
  })

  test('counts that were changed by hand are rebuilt while batches add to them', async () => {
    const project = await makeProject()
    await mix([project], 60)
    const isOurs = `where project_id = '${project.id}'`
    await world.db.query(`update code_counts set count = count + 5 ${isOurs} and outcome = 'sent'`)
    await world.db.query(`delete from code_counts ${isOurs} and outcome = 'verified'`)
    const beside = mix([project], 120)
    const [first] = await world.db.query<{ wrong: string }>('select rebuild_code_counts() as wrong')
    await beside
    expect(Number(first?.wrong)).toBeGreaterThan(0)
    expect(await rowsThatBreak('the counts by hour are those of the codes', world)).toEqual([])
    expect(await world.db.query('select rebuild_code_counts() as wrong')).toEqual([{ wrong: '0' }])
  })

  test('the days that are dropped leave statistics and totals with their records', async () => {
    const project = await makeProject()
    await world.mustSend(project, mail())
    await world.db.moveClock(48 * hour)
    await world.mustSend(project, mail())
    const records = createRecordStore(world.db.database)
    const all = { projectId: project.id, purpose: 'service', from: null, until: null } as const
    expect(await records.stats(all)).toMatchObject({ total: 2 })
    await world.db.query("select drop_partitions(clock_now() - interval '1 day')")
    expect(await records.stats(all)).toMatchObject({ total: 1 })
    const page = await records.page({ ...anyQuery, projectId: project.id })
    expect([page.total, page.records.length]).toEqual([1, 1])
  })
}

const anyQuery = {
  purpose: 'service',
  channel: null,
  isVerified: null,
  recordId: null,
  target: null,
  from: null,
  until: null,
  offset: 0,
  limit: 10,
} as const satisfies Omit<RecordQuery, 'projectId'>

/** Every set of filters, on ranges that begin and end within hours, at their borders and nowhere, and pages up to beyond the last. */
function* queriesOf(project: Project, rows: Row[]): Generator<RecordQuery> {
  let nth = 0
  const some = rows[Math.floor(rows.length / 2)] as Row
  for (const range of rangesOf(rows))
    for (const channel of [null, 'email', 'whatsapp'] as const)
      for (const isVerified of [null, true, false])
        for (const found of [
          {},
          { target: some.address },
          { target: some.target },
          { recordId: 'order_3' },
          { target: some.address, recordId: some.recordId },
        ]) {
          const query = { ...anyQuery, projectId: project.id, ...range, channel, isVerified, ...found }
          yield { ...query, limit: 1 + ((nth * 7) % 100) }
          yield { ...query, offset: (nth * 13) % (rows.length + 5), limit: 1 + (nth % 30) }
          nth += 1
        }
}

function rangesOf(rows: Row[]): { from: Date | null; until: Date | null }[] {
  const at = (share: number) => (rows[Math.floor((rows.length - 1) * share)] as Row).at
  const toHour = (moment: Date) => new Date(Math.floor(moment.getTime() / hour) * hour)
  return [
    { from: null, until: null },
    { from: at(0.8), until: null },
    { from: null, until: at(0.3) },
    { from: at(0.9), until: at(0.1) },
    { from: at(0.52), until: at(0.5) },
    { from: toHour(at(0.9)), until: toHour(at(0.1)) },
    { from: toHour(at(0.6)), until: null },
  ]
}

const isWithin = ({ at }: Row, { from, until }: { from: Date | null; until: Date | null }): boolean =>
  (from === null || at >= from) && (until === null || at < until)

const matches = (row: Row, query: RecordQuery): boolean =>
  isWithin(row, query) &&
  (query.channel === null || row.channel === query.channel) &&
  (query.isVerified === null || row.isVerified === query.isVerified) &&
  (query.recordId === null || row.recordId === query.recordId) &&
  (query.target === null || row.address === query.target || row.target === query.target)
