import { inject } from 'vitest'
import { storageContract } from '../contracts/storage-contract.ts'

storageContract('the embedded PostgreSQL', () => inject('postgresUrl'))

const given = process.env.TEST_DATABASE_URL
if (given !== undefined && given !== '') storageContract('TEST_DATABASE_URL', () => given)
