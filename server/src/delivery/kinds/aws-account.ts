import Type, { type Static } from 'typebox'
import { type AwsKeys, signAwsPost } from '../protocols/aws-signature.ts'
import type { HttpRequest } from '../protocols/http-carrier.ts'
import { secret, text } from './carrier-kind.ts'

/** What every carrier at Amazon must be told: whose keys, and where. */
export const awsAccount = {
  region: text({
    description: 'The region that sends.',
    expected: 'the name of an AWS region',
    example: 'eu-west-1',
    pattern: '^[a-z]{2}(-[a-z]+)+-[0-9]$',
  }),
  accessKeyId: text({
    description: 'The access key of a user who may do nothing else.',
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
        'Where the API is reached, when it is not the usual endpoint of the region: a VPC endpoint, say.',
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
