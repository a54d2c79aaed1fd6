/**
 * How long a committed challenge belongs to the node that accepted or claimed it. Long enough for a whole route of slow
 * carriers, short enough that the code of a node that died still arrives in time to be used.
 */
export const leaseSeconds = 30
