import { type ElementType, useEffect } from 'react'

/*
 * Stands in for the package `react-remove-scroll`, which Radix imports: it adds a <style> element, and the policy of the
 * page forbids those. The style sheet has the rule instead.
 */

type RemoveScrollProps = {
  as?: ElementType
  enabled?: boolean
  /** What the original also takes. Nothing here prevents pinching. */
  allowPinchZoom?: boolean
  shards?: unknown
  [property: string]: unknown
}

let lockCount = 0

/** Keeps the page behind it from scrolling while it is there. */
export function RemoveScroll({
  as: Component = 'div',
  enabled = true,
  allowPinchZoom: _allowed,
  shards: _shards,
  ...properties
}: RemoveScrollProps) {
  useEffect(() => {
    if (!enabled) return
    lockCount += 1
    document.documentElement.toggleAttribute('data-scroll-locked', true)
    return () => {
      lockCount -= 1
      document.documentElement.toggleAttribute('data-scroll-locked', lockCount > 0)
    }
  }, [enabled])
  return <Component {...properties} />
}
