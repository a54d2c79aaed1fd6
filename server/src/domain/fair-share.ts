/**
 * Whether a group may take one more place of `max` that all share. What is free is anybody's; once nothing is, whoever
 * holds less than an even share still gets one, so that a group that has taken everything refuses itself alone.
 */
export const isWithinShare = ({
  total,
  own,
  groups,
  max,
}: {
  total: number
  own: number
  groups: number
  max: number
}): boolean => total < max || own * groups < max
