import type { CarrierKind } from '../carrier-kind.ts'
import { inbox } from './inbox.ts'
import { mailgunEmail } from './mailgun-email.ts'
import { smtpEmail } from './smtp-email.ts'
import { twilioSms } from './twilio-sms.ts'
import { webhook } from './webhook.ts'

/** Every kind of carrier. Adding one is its file and a line here. */
export const carrierKinds: readonly CarrierKind[] = [smtpEmail, mailgunEmail, twilioSms, webhook, inbox]
