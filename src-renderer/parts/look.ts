/** How a device is drawn. */
export type Look = 'absent' | 'application' | 'ready' | 'working' | 'done' | 'locked' | 'problem';
