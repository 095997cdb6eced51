import type { ShellWords } from '../words.ts';

const afterCrash = { reload: '再読み込み', save: 'サポート用に保存…', quit: '終了' };
const goesOn = '進行中の更新は続いています。もう一度表示するには、ウィンドウを再読み込みしてください。';

export const japanese: ShellWords = {
  menu: {
    file: 'ファイル',
    edit: '編集',
    view: '表示',
    window: 'ウィンドウ',
    help: 'ヘルプ',
    about: (name) => `${name}について`,
    hide: (name) => `${name}を隠す`,
    hideOthers: 'ほかを隠す',
    showAll: 'すべてを表示',
    quit: (name) => `${name}を終了`,
    undo: '元に戻す',
    redo: 'やり直す',
    cut: '切り取り',
    copy: 'コピー',
    paste: '貼り付け',
    selectAll: 'すべて選択',
    actualSize: '実際のサイズ',
    zoomIn: '拡大',
    zoomOut: '縮小',
    fullScreen: '全画面表示',
    developerTools: '開発者ツール',
    minimize: '最小化',
    close: '閉じる',
    support: (maker) => `${maker}のサポート`,
  },
  closing: (name) => ({
    message: '機器を更新しています',
    detail: `いま${name}を閉じると更新は途中で止まり、完了するまで機器は起動しません。機器が壊れることはありません。${name}をもう一度開いて機器を接続すると、更新が再開します。`,
    answers: { stay: '更新を続ける', close: '閉じる' },
  }),
  gone: (name) => ({
    message: `${name}のウィンドウが動作しなくなりました`,
    detail: goesOn,
    answers: afterCrash,
  }),
  unresponsive: (name) => ({
    message: `${name}のウィンドウが応答しません`,
    detail: goesOn,
    answers: { wait: '待つ', ...afterCrash },
  }),
  notSaved: 'サポート用のファイルを保存できませんでした',
  cannotStart: (name) => `${name}を起動できません`,
};
