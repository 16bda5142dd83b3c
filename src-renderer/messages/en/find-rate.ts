/** The dialog that tries learning rates. */
export const findRate = {
  button: 'Find a learning rate',
  title: 'Find a learning rate',
  description:
    'One step of training at each of 100 rising rates, until the loss explodes. The best rate is where it falls most steeply. Nothing is kept of it.',
  chart: 'Loss while the learning rate rises',
  xLabel: 'Learning rate (logarithmic)',
  yLabel: 'Loss (nats)',
  curve: 'smoothed loss',
  rate: (value: string) => `Learning rate ${value}`,
  empty: 'The images are being prepared.',
  summary: (count: number, suggestion: string | null) =>
    `${count} learning rates tried. ${suggestion === null ? 'None is suggested.' : `${suggestion} is suggested.`}`,
  progress: (done: number, total: number) => `${done} of ${total} rates`,
  stop: 'Stop',
  close: 'Close',
  use: (rate: string) => `Use ${rate}`,
  steepest: (rate: string) => `The loss falls most steeply at a learning rate of ${rate}.`,
  none: 'The loss fell at no learning rate. The network may be stuck, or the batch too small.',
};
