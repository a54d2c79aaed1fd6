import { defineHttpStandIn, demand, errorTable, json, readForm } from './stand-in.ts'
import { refuseTwilio, twilioError, twilioErrors, twilioSettings, twilioWrong } from './twilio.ts'

const id = `MM${'b'.repeat(32)}`
const content = `HX${'2'.repeat(32)}`

export const standIn = defineHttpStandIn({
  sendsText: false,
  settings: (url) => ({ ...twilioSettings(url), sender: '+14155550100', contentSid: content }),
  wrongSettings: twilioWrong,
  read(request) {
    const refusal = refuseTwilio(request, 'Messages')
    if (refusal !== null) return { reply: refusal }
    const form = readForm(request, { must: ['To', 'From', 'ContentSid', 'ContentVariables'] })
    const [, to = ''] = /^whatsapp:(\+[0-9]+)$/.exec(form.To ?? '') ?? []
    demand(to !== '' && form.From === 'whatsapp:+14155550100', 'both ends are on WhatsApp')
    demand(form.ContentSid === content, 'the template is ours')
    const variables = JSON.parse(form.ContentVariables ?? '')
    demand(
      Object.keys(variables).join() === '1' && /^[0-9]{4,10}$/.test(variables[1]),
      'variable 1 is the code',
    )
    const text = `${variables[1]} is your Shop code.`
    return {
      message: { headerNames: Object.keys(request.headers), recipients: [to], text, identity: request.body },
    }
  },
  acceptedStatus: 201,
  acceptedId: id,
  accepted: json(201, { sid: id, status: 'queued', error_code: null, error_message: null }),
  refusedForGood: twilioError(400, 63024, 'Invalid message recipient'),
  refusedForNow: twilioError(429, 63018, 'Rate limit exceeded for Channel'),
  errors: [
    ...twilioErrors,
    {
      name: 'unsubscribed',
      reply: twilioError(400, 21610, 'The recipient has opted out'),
      meaning: 'for-good',
    },
    {
      name: 'nobody on WhatsApp',
      reply: twilioError(400, 63024, 'Invalid message recipient'),
      meaning: 'for-good',
    },
    {
      name: 'template that is not approved',
      reply: twilioError(400, 63041, 'Template paused'),
      meaning: 'account',
    },
    ...errorTable(
      {
        'for-good': [63003, 63005, 63013, 63014, 63021, 63024, 63029, 63031, 63032, 63033],
        'for-now': [63010, 63012, 63018],
        'unclear-for-now': [63009, 63017, 63023],
        account: [
          63001, 63002, 63007, 63008, 63015, 63016, 63020, 63022, 63026, 63027, 63028, 63038, 63040, 63042,
        ].concat([63051, 21654, 21655, 21656]),
      },
      (code) => twilioError(400, code, `Error ${code} about whatsapp:+2250701020304`),
    ),
  ],
})
