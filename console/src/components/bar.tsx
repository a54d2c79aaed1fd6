/** A share as a small bar beside its figure, which says the same in digits. */
export const Bar = ({ share }: { share: number }) => (
  <span
    aria-hidden="true"
    className="inline-block h-1.5 w-16 overflow-hidden rounded-full bg-grey-2 align-middle"
  >
    <span className="block h-full bg-accent" style={{ width: `${Math.min(1, Math.max(0, share)) * 100}%` }} />
  </span>
)
