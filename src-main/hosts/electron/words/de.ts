import type { ShellWords } from '../words.ts';

const afterCrash = { reload: 'Neu laden', save: 'Für den Support sichern …', quit: 'Beenden' };
const goesOn = 'Ein laufendes Update geht weiter. Laden Sie das Fenster neu, um es wieder zu sehen.';

export const german: ShellWords = {
  menu: {
    file: 'Datei',
    edit: 'Bearbeiten',
    view: 'Ansicht',
    window: 'Fenster',
    help: 'Hilfe',
    about: (name) => `Über ${name}`,
    hide: (name) => `${name} ausblenden`,
    hideOthers: 'Andere ausblenden',
    showAll: 'Alle einblenden',
    quit: (name) => `${name} beenden`,
    undo: 'Rückgängig',
    redo: 'Wiederholen',
    cut: 'Ausschneiden',
    copy: 'Kopieren',
    paste: 'Einfügen',
    selectAll: 'Alles auswählen',
    actualSize: 'Originalgröße',
    zoomIn: 'Vergrößern',
    zoomOut: 'Verkleinern',
    fullScreen: 'Vollbild',
    developerTools: 'Entwicklerwerkzeuge',
    minimize: 'Minimieren',
    close: 'Schließen',
    support: (maker) => `Support von ${maker}`,
  },
  closing: (name) => ({
    message: 'Ein Gerät wird gerade aktualisiert',
    detail: `Wenn Sie ${name} jetzt schließen, bleibt das Update auf halbem Weg stehen, und das Gerät startet nicht, bis es abgeschlossen ist. Beschädigt ist es nicht: Öffnen Sie ${name} wieder, stecken Sie das Gerät an, und das Update geht weiter.`,
    answers: { stay: 'Weiter aktualisieren', close: 'Trotzdem schließen' },
  }),
  gone: (name) => ({
    message: `Das Fenster von ${name} funktioniert nicht mehr`,
    detail: goesOn,
    answers: afterCrash,
  }),
  unresponsive: (name) => ({
    message: `Das Fenster von ${name} reagiert nicht`,
    detail: goesOn,
    answers: { wait: 'Warten', ...afterCrash },
  }),
  notSaved: 'Die Datei für den Support konnte nicht gesichert werden',
  cannotStart: (name) => `${name} kann nicht starten`,
};
