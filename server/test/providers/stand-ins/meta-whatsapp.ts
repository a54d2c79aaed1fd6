import { Secret } from '../../../src/domain/secret.ts'
import { defineHttpStandIn, demand, demandKeys, errorTable, json, type Reply, readJson } from './stand-in.ts'

const id = 'wamid.HBgNMjI1MDcwMTAyMDMwNBUCABEYEjBBQkNERUYA'

const fail = (status: number, code: number, message: string, headers = {}): Reply =>
  json(
    status,
    {
      error: {
        message: `(#${code}) ${message}`,
        type: 'OAuthException',
        code,
        error_data: { messaging_product: 'whatsapp', details: `details about 2250701020304` },
        fbtrace_id: 'Az8or2yhqkZfEZ',
      },
    },
    headers,
  )

export const standIn = defineHttpStandIn({
  sendsText: false,
  settings: (baseUrl) => ({
    phoneNumberId: '106540352242922',
    accessToken: new Secret('EAAG-token'),
    template: 'sign_in_code',
    languages: { en: 'en_US' },
    apiVersion: 'v23.0',
    baseUrl,
  }),
  wrongSettings: { accessToken: new Secret('EAAG-other') },
  read(request) {
    demand(request.path === '/v23.0/106540352242922/messages', `the path is ${request.path}`)
    if (request.headers.authorization !== 'Bearer EAAG-token')
      return { reply: fail(401, 190, 'Error validating access token') }
    const body = readJson(request)
    demandKeys(body, {
      must: ['messaging_product', 'to', 'type', 'template'],
      may: ['recipient_type', 'biz_opaque_callback_data'],
    })
    demand(body.messaging_product === 'whatsapp' && body.type === 'template', 'a template is sent')
    const { name, language, components } = body.template
    demand(name === 'sign_in_code' && language.code === 'en_US', 'template and language are ours')
    const [text, button, ...others] = components
    demand(text.type === 'body' && button.type === 'button' && others.length === 0, 'a body and a button')
    demand(button.sub_type === 'url' && button.index === '0', 'the button copies the code')
    const [code, copied] = [text, button].map(({ parameters }) => parameters[0])
    demand(
      code.type === 'text' && code.text === copied.text && code.text.length <= 15,
      'the code stands twice',
    )
    return {
      message: {
        headerNames: Object.keys(request.headers),
        recipients: [body.to],
        text: `${code.text} is your Shop code.`,
        identity: body.biz_opaque_callback_data,
      },
    }
  },
  acceptedStatus: 200,
  acceptedId: id,
  accepted: json(200, {
    messaging_product: 'whatsapp',
    contacts: [{ input: '+2250701020304', wa_id: '2250701020304' }],
    messages: [{ id, message_status: 'accepted' }],
  }),
  refusedForGood: fail(400, 131026, 'Message undeliverable'),
  refusedForNow: fail(429, 130429, 'Rate limit hit'),
  errors: [
    { name: 'refused number', reply: fail(400, 131026, 'Message undeliverable'), meaning: 'for-good' },
    { name: 'unsubscribed', reply: fail(400, 131050, 'User has stopped messages'), meaning: 'for-good' },
    {
      name: 'throttled',
      reply: fail(429, 130429, 'Rate limit hit', { 'retry-after': '7' }),
      meaning: 'for-now',
      retryAfterSeconds: 7,
    },
    {
      name: 'too many to one person',
      reply: fail(400, 131056, 'Pair rate limit hit'),
      meaning: 'recipient-for-now',
      retryAfterSeconds: 6,
    },
    { name: 'expired token in a 400', reply: fail(400, 190, 'Session has expired'), meaning: 'account' },
    { name: 'unknown template', reply: fail(404, 132001, 'Template does not exist'), meaning: 'account' },
    {
      name: 'unpaid bill',
      reply: fail(400, 131042, 'Business eligibility payment issue'),
      meaning: 'account',
    },
    { name: 'no permission', reply: fail(403, 200, 'Permission denied'), meaning: 'account' },
    { name: 'their fault', reply: fail(500, 131000, 'Something went wrong'), meaning: 'for-now' },
    {
      name: 'template that was paused',
      reply: json(200, { messages: [{ id, message_status: 'paused' }] }),
      meaning: 'account',
    },
    { name: 'an error in a 200', reply: fail(200, 131026, 'Message undeliverable'), meaning: 'for-good' },
    ...errorTable(
      {
        'for-good': [100, 130472, 131009, 131021, 131026, 131047, 131049, 131050],
        'for-now': [1, 2, 4, 17, 32, 613, 80007, 130429, 131000, 131016, 131057, 133004, 133016],
        account: [
          0, 3, 10, 33, 190, 200, 299, 368, 130497, 131005, 131030, 131031, 131037, 131042, 131045, 131048,
        ]
          .concat([131063, 131064, 132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 133010])
          // Mistakes of ours, which every code would repeat: a field, a version, a template.
          .concat([12, 104, 2500, 2635, 131008, 131051, 131055, 132018, 132068, 132069, 134011, 135000]),
      },
      (code) => fail(400, code, 'Something about 2250701020304'),
    ),
  ],
})
