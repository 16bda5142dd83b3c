import { unmoved, type Placement } from '../../../src-main/shared/inspect/placement.ts';

/** How the image is moved, whatever layer is looked at. */
class Moving {
  /** Pixels. */
  down = $state(0);
  right = $state(0);
  scale = $state(1);
  degrees = $state(0);

  get placement(): Placement {
    return { shift: [this.down, this.right], scale: this.scale, degrees: this.degrees };
  }

  reset(): void {
    [this.down, this.right] = unmoved.shift;
    this.scale = unmoved.scale;
    this.degrees = unmoved.degrees;
  }
}

export const moving = new Moving();
