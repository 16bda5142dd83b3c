/** How curves are drawn; kept while other views are open. */
class CurveOptions {
  /** Weight of the epochs before, 0 to 0.95; 0 draws the curves as they are. */
  smoothing = $state(0);
  /** The loss over its powers of ten. */
  logarithmic = $state(false);
}

export const curveOptions = new CurveOptions();
