import { dialects } from '../../src/dialects/index.ts'
import type { ProjectId } from '../../src/domain/project.ts'

const demoOf = (name: string): ProjectId => {
  const dialect = dialects.find((known) => known.name === name)
  if (dialect === undefined) throw new Error(`there is no dialect ${name}`)
  return dialect.demo.projectId
}

/** The projects of development, one for each dialect. */
export const demoProjects = {
  citizen: demoOf('citizen'),
  account: demoOf('account'),
  service: demoOf('service'),
  kikapu: demoOf('kikapu'),
  mobile: demoOf('mobile'),
}
