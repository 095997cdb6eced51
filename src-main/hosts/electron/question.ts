import type { BrowserWindow, Dialog } from 'electron';

export interface Asked<Answer extends string> {
  readonly message: string;
  readonly detail: string;
  /** The first one is the one that harms nothing: Return and Escape mean it. */
  readonly answers: Readonly<Record<Answer, string>>;
}

/**
 * Asks in a dialog of the system's own.
 * @param signal takes the question back; its first answer is the answer then
 */
export async function ask<Answer extends string>(
  dialog: Dialog,
  window: BrowserWindow,
  { message, detail, answers }: Asked<Answer>,
  signal?: AbortSignal,
): Promise<Answer> {
  const names = Object.keys(answers) as Answer[];
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message,
    detail,
    buttons: names.map((name) => answers[name]),
    defaultId: 0,
    cancelId: 0,
    noLink: true,
    ...(signal && { signal }),
  });
  const [harmless] = names;
  const answer = names[response] ?? harmless;
  if (answer === undefined) throw new Error('a question without an answer');
  return answer;
}
