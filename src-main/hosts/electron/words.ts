/** What the system draws for us, menus and dialogs, in words. What is in the window has its own (`src-renderer/words`). */
import type { Locale } from '../../../shared/locale.ts';
import { german } from './words/de.ts';
import { english } from './words/en.ts';
import { spanish } from './words/es.ts';
import { french } from './words/fr.ts';
import { japanese } from './words/ja.ts';
import { simplifiedChinese } from './words/zh-cn.ts';

/** A question with its answers. */
interface Question<Answer extends string> {
  readonly message: string;
  readonly detail: string;
  readonly answers: Readonly<Record<Answer, string>>;
}

/** `name` is the name of the application. */
export interface ShellWords {
  readonly menu: {
    readonly file: string;
    readonly edit: string;
    readonly view: string;
    readonly window: string;
    readonly help: string;
    readonly about: (name: string) => string;
    readonly hide: (name: string) => string;
    readonly hideOthers: string;
    readonly showAll: string;
    readonly quit: (name: string) => string;
    readonly undo: string;
    readonly redo: string;
    readonly cut: string;
    readonly copy: string;
    readonly paste: string;
    readonly selectAll: string;
    readonly actualSize: string;
    readonly zoomIn: string;
    readonly zoomOut: string;
    readonly fullScreen: string;
    readonly developerTools: string;
    readonly minimize: string;
    readonly close: string;
    readonly support: (maker: string) => string;
  };
  /** Somebody closes while a device is being written. */
  readonly closing: (name: string) => Question<'stay' | 'close'>;
  /** The process behind the window is gone. */
  readonly gone: (name: string) => Question<CrashAnswer>;
  /** The window does not answer. */
  readonly unresponsive: (name: string) => Question<CrashAnswer | 'wait'>;
  readonly notSaved: string;
  readonly cannotStart: (name: string) => string;
}

export type CrashAnswer = 'reload' | 'save' | 'quit';

export const shellWords: Readonly<Record<Locale, ShellWords>> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
  ja: japanese,
  'zh-CN': simplifiedChinese,
};
