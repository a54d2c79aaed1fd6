import { africasTalkingSms } from './africas-talking-sms.ts'
import { amazonSes } from './amazon-ses.ts'
import { amazonSns } from './amazon-sns.ts'
import type { CarrierKind } from './carrier-kind.ts'
import { inbox } from './inbox.ts'
import { infobipSms } from './infobip-sms.ts'
import { mailgunEmail } from './mailgun-email.ts'
import { metaWhatsapp } from './meta-whatsapp.ts'
import { msg91Sms } from './msg91-sms.ts'
import { orangeSms } from './orange-sms.ts'
import { sendgridEmail } from './sendgrid-email.ts'
import { smpp } from './smpp.ts'
import { smtpEmail } from './smtp-email.ts'
import { twilioSms } from './twilio-sms.ts'
import { twilioVoice } from './twilio-voice.ts'
import { twilioWhatsapp } from './twilio-whatsapp.ts'
import { vonageSms } from './vonage-sms.ts'
import { webhook } from './webhook.ts'

/** Every kind of carrier. A new one needs its file and a line here. */
export const carrierKinds: readonly CarrierKind[] = [
  smtpEmail,
  amazonSes,
  sendgridEmail,
  mailgunEmail,
  twilioSms,
  vonageSms,
  africasTalkingSms,
  msg91Sms,
  infobipSms,
  amazonSns,
  orangeSms,
  smpp,
  metaWhatsapp,
  twilioWhatsapp,
  twilioVoice,
  webhook,
  inbox,
]
