import type { ShellWords } from '../words.ts';

const afterCrash = { reload: 'Volver a cargar', save: 'Guardar para el soporte…', quit: 'Salir' };
const goesOn = 'Una actualización en curso continúa. Vuelva a cargar la ventana para verla de nuevo.';

export const spanish: ShellWords = {
  menu: {
    file: 'Archivo',
    edit: 'Edición',
    view: 'Ver',
    window: 'Ventana',
    help: 'Ayuda',
    about: (name) => `Acerca de ${name}`,
    hide: (name) => `Ocultar ${name}`,
    hideOthers: 'Ocultar otros',
    showAll: 'Mostrar todo',
    quit: (name) => `Salir de ${name}`,
    undo: 'Deshacer',
    redo: 'Rehacer',
    cut: 'Cortar',
    copy: 'Copiar',
    paste: 'Pegar',
    selectAll: 'Seleccionar todo',
    actualSize: 'Tamaño real',
    zoomIn: 'Acercar',
    zoomOut: 'Alejar',
    fullScreen: 'Pantalla completa',
    developerTools: 'Herramientas de desarrollo',
    minimize: 'Minimizar',
    close: 'Cerrar',
    support: (maker) => `Asistencia de ${maker}`,
  },
  closing: (name) => ({
    message: 'Se está actualizando un dispositivo',
    detail: `Si cierra ${name} ahora, la actualización se queda a medias y el dispositivo no arranca hasta que se termine. El dispositivo no está dañado: abra ${name} de nuevo, conecte el dispositivo y la actualización continúa.`,
    answers: { stay: 'Seguir actualizando', close: 'Cerrar de todos modos' },
  }),
  gone: (name) => ({
    message: `La ventana de ${name} ha dejado de funcionar`,
    detail: goesOn,
    answers: afterCrash,
  }),
  unresponsive: (name) => ({
    message: `La ventana de ${name} no responde`,
    detail: goesOn,
    answers: { wait: 'Esperar', ...afterCrash },
  }),
  notSaved: 'No se ha podido guardar el archivo para el soporte',
  cannotStart: (name) => `${name} no puede iniciarse`,
};
