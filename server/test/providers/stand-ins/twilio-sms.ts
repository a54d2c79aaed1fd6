import { defineHttpStandIn, demand, errorTable, json, readForm } from './stand-in.ts'
import { refuseTwilio, twilioError, twilioErrors, twilioSettings, twilioWrong } from './twilio.ts'

const id = `SM${'a'.repeat(32)}`
const service = `MG${'1'.repeat(32)}`

export const standIn = defineHttpStandIn({
  settings: (url) => ({ ...twilioSettings(url), sender: service }),
  wrongSettings: twilioWrong,
  read(request) {
    const refusal = refuseTwilio(request, 'Messages')
    if (refusal !== null) return { reply: refusal }
    const form = readForm(request, {
      must: ['To', 'MessagingServiceSid', 'Body'],
      may: ['ValidityPeriod', 'StatusCallback'],
    })
    const { To: to = '', Body: text = '', MessagingServiceSid, ValidityPeriod } = form
    demand(MessagingServiceSid === service, 'the service is ours')
    demand(Number(ValidityPeriod) >= 1 && Number(ValidityPeriod) <= 36_000, 'the validity is in its bounds')
    return {
      message: { headerNames: Object.keys(request.headers), recipients: [to], text, identity: request.body },
    }
  },
  acceptedStatus: 201,
  acceptedId: id,
  accepted: json(201, {
    sid: id,
    status: 'accepted',
    error_code: null,
    error_message: null,
    num_segments: '0',
  }),
  refusedForGood: twilioError(400, 21610, 'Attempt to send to unsubscribed recipient'),
  refusedForNow: twilioError(429, 20429, 'Too Many Requests'),
  errors: [
    ...twilioErrors,
    {
      name: 'unsubscribed',
      reply: twilioError(400, 21610, 'Attempt to send to unsubscribed recipient'),
      meaning: 'for-good',
    },
    {
      name: 'landline',
      reply: twilioError(400, 21614, "'To' number is not a valid mobile number"),
      meaning: 'for-good',
    },
    {
      name: 'sender of others',
      reply: twilioError(400, 21606, 'The From phone number is not valid'),
      meaning: 'account',
    },
    {
      name: 'country that is not switched on',
      reply: twilioError(400, 21408, 'Permission to send an SMS has not been enabled for the region'),
      meaning: 'account',
    },
    {
      name: 'full queue',
      reply: twilioError(400, 21611, 'This From number has exceeded the maximum number of queued messages'),
      meaning: 'for-now',
    },
    {
      name: 'message that failed at once',
      reply: json(201, {
        sid: id,
        status: 'failed',
        error_code: 21610,
        error_message: 'unsubscribed 012345',
      }),
      meaning: 'for-good',
    },
    ...errorTable(
      {
        'for-good': [21602, 21604, 21612, 21614, 21617, 21635, 30004, 30005, 30006, 30007, 30450],
        'for-now': [10004, 14107, 20162, 20409, 20429, 21611, 21730, 30001, 30021, 30022],
        'recipient-for-now': [30003],
        'unclear-for-now': [30008, 30017],
        account: [
          10001, 10002, 21212, 21601, 21607, 21609, 21657, 21659, 21660, 21701, 21702, 21703, 21704,
        ].concat([
          21705, 21708, 21709, 21711, 21717, 30002, 30018, 30023, 30024, 30027, 30032, 30033, 30034, 30035,
        ]),
        unknown: [30410],
      },
      (code) => twilioError(400, code, `Error ${code} about +2250701020304`),
    ),
  ],
})
