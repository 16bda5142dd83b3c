/** The menu, hidden until Alt: what the window system expects. Undo and redo stay with the page, which knows labels. */
import { Menu } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';
import { messages } from './messages.ts';
import { devServer } from './origin.ts';

export function setupMenu(): void {
  const developing: MenuItemConstructorOptions[] = devServer ? [{ role: 'reload' }, { role: 'toggleDevTools' }] : [];
  const template: MenuItemConstructorOptions[] = [
    { label: messages.menu.file, submenu: [{ role: 'quit', label: messages.menu.quit }] },
    { label: messages.menu.edit, submenu: [{ role: 'cut' }, { role: 'copy' }, { role: 'paste' }] },
    {
      label: messages.menu.view,
      submenu: [
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...developing,
      ],
    },
    { label: messages.menu.help, role: 'help', submenu: [{ role: 'about' }] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
