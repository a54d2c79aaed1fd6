import type { CarrierKind } from '../carrier-kind.ts'
import { africasTalkingSms } from './africas-talking-sms.ts'
import { amazonSes } from './amazon-ses.ts'
import { amazonSns } from './amazon-sns.ts'
import { inbox } from './inbox.ts'
import { infobipSms } from './infobip-sms.ts'
import { mailgunEmail } from './mailgun-email.ts'
import { msg91Sms } from './msg91-sms.ts'
import { orangeSms } from './orange-sms.ts'
import { smtpEmail } from './smtp-email.ts'
import { twilioSms } from './twilio-sms.ts'
import { vonageSms } from './vonage-sms.ts'
import { webhook } from './webhook.ts'

/** Every kind of carrier. Adding one is its file and a line here. */
export const carrierKinds: readonly CarrierKind[] = [
  smtpEmail,
  amazonSes,
  mailgunEmail,
  twilioSms,
  vonageSms,
  africasTalkingSms,
  msg91Sms,
  infobipSms,
  amazonSns,
  orangeSms,
  webhook,
  inbox,
]
