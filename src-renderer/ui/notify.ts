/** Short messages at the window's foot. */
import { toast } from 'svelte-sonner';
import { reportError } from '../../src-main/shared/errors.ts';

/** What went wrong and, below it, the remedy. The same message is shown once at a time. */
export function showError(error: unknown): void {
  const { message, hint } = reportError(error);
  toast.error(message, { id: message, description: hint || undefined, duration: 10_000 });
}

export function showNote(message: string, description?: string): void {
  toast(message, { id: message, description, duration: 6_000 });
}

export function showSuccess(message: string, description?: string): void {
  toast.success(message, { id: message, description, duration: 5_000 });
}

/** Does what a button or a key asked for; what goes wrong is shown. */
export async function attempt(work: () => void | Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    showError(error);
  }
}
