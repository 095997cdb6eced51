import type { ShellWords } from '../words.ts';

const afterCrash = { reload: '重新加载', save: '保存给技术支持…', quit: '退出' };
const goesOn = '正在进行的更新会继续。重新加载窗口即可再次查看。';

export const simplifiedChinese: ShellWords = {
  menu: {
    file: '文件',
    edit: '编辑',
    view: '查看',
    window: '窗口',
    help: '帮助',
    about: (name) => `关于 ${name}`,
    hide: (name) => `隐藏 ${name}`,
    hideOthers: '隐藏其他',
    showAll: '全部显示',
    quit: (name) => `退出 ${name}`,
    undo: '撤销',
    redo: '重做',
    cut: '剪切',
    copy: '复制',
    paste: '粘贴',
    selectAll: '全选',
    actualSize: '实际大小',
    zoomIn: '放大',
    zoomOut: '缩小',
    fullScreen: '全屏',
    developerTools: '开发者工具',
    minimize: '最小化',
    close: '关闭',
    support: (maker) => `${maker} 支持`,
  },
  closing: (name) => ({
    message: '正在更新设备',
    detail: `如果现在关闭 ${name}，更新会中途停止，设备在更新完成之前无法启动。设备不会损坏：重新打开 ${name} 并连接设备，更新就会继续。`,
    answers: { stay: '继续更新', close: '仍然关闭' },
  }),
  gone: (name) => ({ message: `${name} 的窗口已停止工作`, detail: goesOn, answers: afterCrash }),
  unresponsive: (name) => ({
    message: `${name} 的窗口没有响应`,
    detail: goesOn,
    answers: { wait: '等待', ...afterCrash },
  }),
  notSaved: '无法保存给技术支持的文件',
  cannotStart: (name) => `${name} 无法启动`,
};
