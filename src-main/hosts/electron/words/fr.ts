import type { ShellWords } from '../words.ts';

const afterCrash = { reload: 'Recharger', save: 'Enregistrer pour l’assistance…', quit: 'Quitter' };
const goesOn = 'Une mise à jour en cours continue. Rechargez la fenêtre pour la revoir.';

export const french: ShellWords = {
  menu: {
    file: 'Fichier',
    edit: 'Édition',
    view: 'Affichage',
    window: 'Fenêtre',
    help: 'Aide',
    about: (name) => `À propos de ${name}`,
    hide: (name) => `Masquer ${name}`,
    hideOthers: 'Masquer les autres',
    showAll: 'Tout afficher',
    quit: (name) => `Quitter ${name}`,
    undo: 'Annuler',
    redo: 'Rétablir',
    cut: 'Couper',
    copy: 'Copier',
    paste: 'Coller',
    selectAll: 'Tout sélectionner',
    actualSize: 'Taille réelle',
    zoomIn: 'Agrandir',
    zoomOut: 'Réduire',
    fullScreen: 'Plein écran',
    developerTools: 'Outils de développement',
    minimize: 'Réduire la fenêtre',
    close: 'Fermer',
    support: (maker) => `Assistance de ${maker}`,
  },
  closing: (name) => ({
    message: 'Un appareil est en cours de mise à jour',
    detail: `Si vous fermez ${name} maintenant, la mise à jour s’arrête à mi-chemin et l’appareil ne démarre plus tant qu’elle n’est pas terminée. L’appareil n’est pas endommagé : rouvrez ${name}, branchez l’appareil, et la mise à jour reprend.`,
    answers: { stay: 'Continuer la mise à jour', close: 'Fermer quand même' },
  }),
  gone: (name) => ({
    message: `La fenêtre de ${name} ne fonctionne plus`,
    detail: goesOn,
    answers: afterCrash,
  }),
  unresponsive: (name) => ({
    message: `La fenêtre de ${name} ne répond pas`,
    detail: goesOn,
    answers: { wait: 'Attendre', ...afterCrash },
  }),
  notSaved: 'Le fichier pour l’assistance n’a pas pu être enregistré',
  cannotStart: (name) => `${name} ne peut pas démarrer`,
};
