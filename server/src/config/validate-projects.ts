import type { Project } from '../domain/project.ts'
import type { ConfigurationIssue } from './configuration-error.ts'

/**
 * What is unsafe about stored projects in production. The settings refuse a test recipient without an end, so this
 * finds only what was written without them.
 */
export const validateProjects = (
  projects: readonly Pick<Project, 'id' | 'settings'>[],
): ConfigurationIssue[] =>
  projects.flatMap(({ id, settings }) =>
    settings.testRecipients
      .filter(({ until }) => Number.isNaN(Date.parse(until)))
      .map((_, index) => ({
        where: `${id}: testRecipients[${index}].until`,
        read: null,
        expected: 'an end date: anyone who knows the fixed code can use it until then',
        example: 'watchword projects update PRJ_… --test-recipients review@example.com=123456@2027-01-31',
        remedy:
          'Give every test recipient of the project an end, or remove them with --test-recipients none.',
      })),
  )
