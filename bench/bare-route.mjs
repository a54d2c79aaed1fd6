import { createRequire } from 'node:module'

/* The minimum for this stack: one Fastify route that reads the same body and returns the same answer. */

const require = createRequire(new URL('../server/package.json', import.meta.url))
const app = require('fastify')()
const schema = {
  body: { type: 'object', properties: { target: { type: 'string' }, channel: { type: 'string' } } },
  response: {
    201: {
      type: 'object',
      properties: {
        message: { type: 'string' },
        expiresIn: { type: 'integer' },
        recordId: { type: 'string' },
      },
    },
  },
}
app.post('/api/v1/otp/send', { schema }, async (_request, reply) => {
  reply.code(201)
  return { message: 'OTP generated and queued', expiresIn: 300, recordId: '507f1f77bcf86cd799439011' }
})
await app.listen({ host: '127.0.0.1', port: 0 })
process.send({ port: app.server.address().port })
process.on('disconnect', () => process.exit())
