/** A kind of layer on its way from the palette into the graph. */
const type = 'application/x-receptive-layer-kind';

export function dragKind(event: DragEvent, kind: string): void {
  event.dataTransfer?.setData(type, kind);
}

/** The kind that is dragged; while it is on its way its name cannot be read yet, only that it is one. */
export function draggedKind(event: DragEvent): string | null {
  if (!event.dataTransfer?.types.includes(type)) return null;
  return event.dataTransfer.getData(type) || 'dragged';
}
