/** Something a person should hear about wherever they are: a line in the corner, until it is dismissed. */
export type Tone = 'info' | 'success' | 'warning' | 'danger';

export interface Notice {
  readonly id: number;
  readonly tone: Tone;
  readonly title: string;
  readonly text?: string | undefined;
}
