import type { IpcMainEvent, IpcMainInvokeEvent } from 'electron';
import { isOurPage } from './origin.ts';

/** Only our own page, and only its main frame, is listened to. */
export function isFromOurPage({ senderFrame, sender }: IpcMainEvent | IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame === sender.mainFrame && isOurPage(senderFrame.url);
}
