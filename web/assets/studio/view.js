// How much of a drawing is seen: clear of the palette that floats over the canvas's left edge.

const PALETTE = 144; // px
const EDGE = 24;
const LEGIBLE = 0.71; // below 0.7 names cannot be read, and diagram-js hides the buttons of the token walk

/** The whole drawing. */
export function showAll(canvas) {
  const { inner, outer } = canvas.viewbox();
  place(canvas, inner, outer, Math.min(1, fit(inner, outer)));
}

/** The drawing's beginning, large enough to be read. */
export function showStart(canvas) {
  const { inner, outer } = canvas.viewbox();
  place(canvas, inner, outer, Math.min(1, Math.max(fit(inner, outer), LEGIBLE)));
}

function fit(inner, outer) {
  return Math.min((outer.width - PALETTE - EDGE) / inner.width, (outer.height - 2 * EDGE) / inner.height);
}

function place(canvas, inner, outer, scale) {
  const height = outer.height / scale;
  const top = Math.max(0, (height - inner.height) / 2);
  canvas.viewbox({
    x: inner.x - PALETTE / scale, y: inner.y - Math.max(top, EDGE / scale), width: outer.width / scale, height
  });
}
