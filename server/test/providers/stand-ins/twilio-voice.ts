import { defineHttpStandIn, demand, errorTable, json, readForm } from './stand-in.ts'
import { refuseTwilio, twilioError, twilioErrors, twilioSettings, twilioWrong } from './twilio.ts'

const id = `CA${'c'.repeat(32)}`

export const standIn = defineHttpStandIn({
  settings: (url) => ({ ...twilioSettings(url), sender: '+14155550100' }),
  wrongSettings: twilioWrong,
  read(request) {
    const refusal = refuseTwilio(request, 'Calls')
    if (refusal !== null) return { reply: refusal }
    const {
      To: to = '',
      Twiml: twiml = '',
      ...form
    } = readForm(request, {
      must: ['To', 'From', 'Twiml'],
      may: ['Timeout'],
    })
    demand(form.From === '+14155550100', 'the number is ours')
    demand(twiml.length <= 4000, 'TwiML is not too long')
    const text = listen(twiml)
    return {
      message: { headerNames: Object.keys(request.headers), recipients: [to], text, identity: request.body },
    }
  },
  acceptedStatus: 201,
  acceptedId: id,
  accepted: json(201, { sid: id, status: 'queued' }),
  refusedForGood: twilioError(400, 13223, 'Dial: Invalid phone number format'),
  refusedForNow: twilioError(429, 20429, 'Too Many Requests'),
  errors: [
    ...twilioErrors,
    {
      name: 'country that may not be called',
      reply: twilioError(400, 21215, 'Geo Permission'),
      meaning: 'account',
    },
    ...errorTable(
      {
        'for-good': [13223, 13224, 13225, 13226, 21201, 21202, 21214, 21216, 21217],
        'for-now': [10004],
        account: [10005, 13227, 13247, 21203, 21210, 21212, 21213, 21219],
      },
      (code) => twilioError(400, code, `Error ${code} about +2250701020304`),
    ),
  ],
})

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** What somebody who answers the call hears: the same twice, with the digits one by one. */
function listen(twiml: string): string {
  const say = '<Say language="([a-z]{2}-[A-Z]{2})"(?: voice="[^"]+")?>([^<]*)</Say>'
  const form = `^<\\?xml version="1.0" encoding="UTF-8"\\?><Response><Pause length="1"/>${say}<Pause length="1"/>${say}</Response>$`
  const [, language, first = '', , second] = new RegExp(form).exec(twiml) ?? []
  demand(language === 'en-US' && first === second, `the TwiML is ${twiml}`)
  demand(!/[0-9]{3}/.test(first), 'digits stand one by one')
  return first
    .replace(/&(\w+);/g, (_, name) => entities[name] ?? '?')
    .replace(/[0-9](, [0-9]){3,}/g, (digits) => digits.replaceAll(', ', ''))
}
