import Type, { type Static } from 'typebox'
import { type AwsKeys, signAwsPost } from '../protocols/aws-signature.ts'
import type { HttpRequest } from '../protocols/http-carrier.ts'
import { secret, text } from './carrier-kind.ts'

/** The settings of every Amazon carrier: the keys and the region. */
export const awsAccount = {
  region: text({
    description: 'The sending region.',
    expected: 'the name of an AWS region',
    example: 'eu-west-1',
    pattern: '^[a-z]{2}(-[a-z]+)+-[0-9]$',
  }),
  accessKeyId: text({
    description: 'The access key of a user that may do nothing else.',
    expected: 'an access key id',
    example: 'AKIAIOSFODNN7EXAMPLE',
    pattern: '^[A-Z0-9]{16,128}$',
  }),
  secretAccessKey: secret({
    description: 'The secret of the access key.',
    expected: 'a secret access key',
    variable: 'AWS_SECRET_ACCESS_KEY',
  }),
  sessionToken: Type.Optional(
    secret({
      description: 'The token of temporary keys.',
      expected: 'a session token',
      variable: 'AWS_SESSION_TOKEN',
    }),
  ),
  baseUrl: Type.Optional(
    text({
      description:
        'The URL of the API if it is not the default endpoint of the region, such as a VPC endpoint.',
      expected: 'an https URL without path or query; http on this machine only',
      example: 'https://vpce-0123.email.eu-west-1.vpce.amazonaws.com',
      pattern: '^(https://[^\\s/?#@]+|http://(localhost|127\\.[0-9.]+|\\[::1\\])(:[0-9]+)?)$',
    }),
  ),
}

const accountSettings = Type.Object(awsAccount)

/** A signed request to one service of the account. */
export function signRequest(
  { region, ...keys }: Omit<Static<typeof accountSettings>, 'baseUrl'>,
  { url, service, request }: { url: string; service: string; request: HttpRequest },
): HttpRequest {
  const signed = { ...request, url: new URL(url), region, service, now: new Date() }
  return { headers: signAwsPost(signed, keys satisfies AwsKeys), body: request.body }
}
