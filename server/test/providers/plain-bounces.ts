/*
 * Bounces that are no RFC 3464, written after the forms that the mail systems have: what they say to people, and a copy of
 * the mail. `copy` is the header of our mail with its id.
 */

const head = (fields: Record<string, string>, body: string): string =>
  `${Object.entries({ To: 'codes@example.test', ...fields })
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('')}\n${body}`.replaceAll('\n', '\r\n')

const copyOf = (messageId: string): string =>
  `Return-Path: <codes@example.test>
Received: (qmail 12345 invoked from network); 27 Nov 2026 10:00:00 -0000
From: Example <codes@example.test>
To: ada@example.test
Subject: Your code
Message-ID: ${messageId}
MIME-Version: 1.0

Your code is not shown here.
`

export type PlainBounce = { name: string; state: string; render: (messageId: string) => string }

/** What each mail system writes, and the state that follows from it. */
export const plainBounces: PlainBounce[] = [
  {
    name: 'qmail, no such mailbox',
    state: 'undelivered',
    render: (id) =>
      head(
        { From: 'MAILER-DAEMON@mx.example.test', Subject: 'failure notice' },
        `Hi. This is the qmail-send program at mx.example.test.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@example.test>:
192.0.2.25 does not like recipient.
Remote host said: 550 5.1.1 No such user here
Giving up on 192.0.2.25.

--- Below this line is a copy of the message.

${copyOf(id)}`,
      ),
  },
  {
    name: 'qmail, given up after days',
    state: 'expired',
    render: (id) =>
      head(
        { From: 'MAILER-DAEMON@mx.example.test', Subject: 'failure notice' },
        `Hi. This is the qmail-send program at mx.example.test.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@example.test>:
Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)
I'm not going to try again; this message has been in the queue too long.

--- Below this line is a copy of the message.

${copyOf(id)}`,
      ),
  },
  {
    name: 'Exim before 4.90',
    state: 'undelivered',
    render: (id) =>
      head(
        {
          From: 'Mail Delivery System <Mailer-Daemon@mx.example.test>',
          'Auto-Submitted': 'auto-generated',
          'X-Failed-Recipients': 'ada@example.test',
          Subject: 'Mail delivery failed: returning message to sender',
        },
        `This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ada@example.test
    SMTP error from remote mail server after RCPT TO:<ada@example.test>:
    host mail.example.test [192.0.2.25]: 550 no such user

------ This is a copy of the message, including all the headers. ------

${copyOf(id)}`,
      ),
  },
  {
    name: 'Exim, given up after days',
    state: 'expired',
    render: (id) =>
      head(
        {
          From: 'Mail Delivery System <Mailer-Daemon@mx.example.test>',
          'X-Failed-Recipients': 'ada@example.test',
        },
        `This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ada@example.test
    retry timeout exceeded

------ This is a copy of the message, including all the headers. ------

${copyOf(id)}`,
      ),
  },
  {
    name: 'Exim that still tries and returns nothing',
    state: 'sent',
    render: (id) =>
      head(
        {
          From: 'Mail Delivery System <Mailer-Daemon@mx.example.test>',
          'Auto-Submitted': 'auto-generated',
          References: id,
          Subject: 'Warning: message 1tDxyz-000000-01 delayed 24 hours',
        },
        `This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.test.

No action is required on your part. Delivery attempts will continue for
some time, and this warning may be repeated at intervals if the message
remains undelivered. Eventually the mail delivery software will give up,
and when that happens, the message will be returned to you.
`,
      ),
  },
  {
    name: 'smail',
    state: 'undelivered',
    render: (id) =>
      head(
        { From: '<MAILER-DAEMON@mx.example.test>', Subject: 'mail failed, returning to sender' },
        `|------------------------- Message log follows: -------------------------|
 no valid recipients were found for this message
|------------------------- Failed addresses follow: ---------------------|
 <ada@example.test> ... unknown user
|------------------------- Message text follows: ------------------------|
${copyOf(id)}`,
      ),
  },
  {
    name: 'sendmail 8.6',
    state: 'undelivered',
    render: (id) =>
      head(
        {
          From: 'Mail Delivery Subsystem <MAILER-DAEMON@mx.example.test>',
          Subject: 'Returned mail: User unknown',
        },
        `The original message was received at Fri, 27 Nov 2026 10:00:00 GMT

   ----- The following addresses had permanent fatal errors -----
<ada@example.test>

   ----- Transcript of session follows -----
550 <ada@example.test>... User unknown

   ----- Original message follows -----
${copyOf(id)}`,
      ),
  },
  {
    name: 'Gmail before it wrote reports for machines',
    state: 'undelivered',
    render: (id) =>
      head(
        {
          From: 'Mail Delivery Subsystem <mailer-daemon@googlemail.example>',
          'X-Failed-Recipients': 'ada@example.test',
          Subject: 'Delivery Status Notification (Failure)',
        },
        `Delivery to the following recipient failed permanently:

     ada@example.test

Technical details of permanent failure:
The error that the other server returned was: 550 5.2.1 mailbox disabled

----- Original message -----

${copyOf(id)}`,
      ),
  },
  {
    name: 'Exchange of the nineties, with the mail as a part',
    state: 'undelivered',
    render: (id) =>
      head(
        {
          From: 'System Administrator <postmaster@example.test>',
          Subject: 'Undeliverable: Your code',
          'MIME-Version': '1.0',
          'Content-Type': 'multipart/mixed; boundary="part"',
        },
        `--part
Content-Type: text/plain

Your message

  Subject: Your code

did not reach the following recipient(s):

ada@example.test on Fri, 27 Nov 2026 10:00:00 -0000
    The recipient name is not recognized

--part
Content-Type: message/rfc822

${copyOf(id)}
--part--
`,
      ),
  },
]

const exim = plainBounces.find(({ name }) => name === 'Exim before 4.90') as PlainBounce

/** What looks like a bounce and is none. */
export const noBounces: Omit<PlainBounce, 'state'>[] = [
  {
    name: 'a person who forwards a bounce and asks what it is',
    render: (id) =>
      exim
        .render(id)
        .replace(/^From: .*$/m, 'From: Ada <ada@example.test>')
        .replace(/^X-Failed.*\r\n/m, ''),
  },
  {
    name: 'an answer of a machine that calls itself so',
    render: (id) => exim.render(id).replace('auto-generated', 'auto-replied (vacation)'),
  },
  {
    name: 'an out-of-office answer that quotes the whole mail',
    render: (id) =>
      head(
        { From: 'Ada <ada@example.test>', 'In-Reply-To': id, Subject: 'Out of office: Your code' },
        `I am away until Monday; your message could not be delivered to me in person.

----- Original message -----
${copyOf(id)}`,
      ),
  },
  {
    name: 'a postmaster who writes about something else',
    render: (id) =>
      head(
        { From: 'postmaster@example.test', References: id, Subject: 'Your mail' },
        'Please confirm that you are no robot, and we deliver what you sent.\n',
      ),
  },
  {
    name: 'a mail system whose words stand in the copy alone',
    render: (id) =>
      head(
        { From: 'MAILER-DAEMON@mx.example.test', Subject: 'Held for review' },
        `Your message waits for the owner of the list.

--- Below this line is a copy of the message.

${copyOf(id)}A message that you sent could not be delivered to one or more of its
recipients.
`,
      ),
  },
]
