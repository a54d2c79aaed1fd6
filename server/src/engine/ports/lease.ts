/**
 * How long a committed challenge belongs to the node that accepted or claimed it. Long enough for a whole route of slow
 * carriers. Short enough that the codes of a node that died arrive within half a minute of its restart, including the
 * time to claim and send them.
 */
export const leaseSeconds = 22
