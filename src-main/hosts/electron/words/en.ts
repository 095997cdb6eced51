import type { ShellWords } from '../words.ts';

const afterCrash = { reload: 'Reload', save: 'Save for Support…', quit: 'Quit' };
const goesOn = 'An update that is under way goes on. Reload the window to see it again.';

export const english: ShellWords = {
  menu: {
    file: 'File',
    edit: 'Edit',
    view: 'View',
    window: 'Window',
    help: 'Help',
    about: (name) => `About ${name}`,
    hide: (name) => `Hide ${name}`,
    hideOthers: 'Hide Others',
    showAll: 'Show All',
    quit: (name) => `Quit ${name}`,
    undo: 'Undo',
    redo: 'Redo',
    cut: 'Cut',
    copy: 'Copy',
    paste: 'Paste',
    selectAll: 'Select All',
    actualSize: 'Actual Size',
    zoomIn: 'Zoom In',
    zoomOut: 'Zoom Out',
    fullScreen: 'Full Screen',
    developerTools: 'Developer Tools',
    minimize: 'Minimize',
    close: 'Close',
    support: (maker) => `Support from ${maker}`,
  },
  closing: (name) => ({
    message: 'A device is being updated',
    detail: `If you close ${name} now, the update stops halfway and the device does not start until it is finished. The device is not damaged: open ${name} again, plug the device in, and the update goes on.`,
    answers: { stay: 'Keep Updating', close: 'Close Anyway' },
  }),
  gone: (name) => ({ message: `The window of ${name} stopped working`, detail: goesOn, answers: afterCrash }),
  unresponsive: (name) => ({
    message: `The window of ${name} does not respond`,
    detail: goesOn,
    answers: { wait: 'Wait', ...afterCrash },
  }),
  notSaved: 'The file for support could not be saved',
  cannotStart: (name) => `${name} cannot start`,
};
