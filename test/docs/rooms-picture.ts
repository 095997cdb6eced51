/**
 * docs/reference/rooms.svg: the rooms on their floors, with a line for each room that another one imports from. A line is
 * faint where the same way exists over a room in between. What everybody imports has no lines.
 */
import type { Rooms } from './rooms.ts';

const FOUNDATION = 'shared/';
const WIDTH = 840;
const BOX = { width: 118, height: 34 };
const FLOOR_HEIGHT = 80;
const MARGIN = 24;
/** Floors are set off against each other, or long lines would run behind the boxes between. */
const STAGGER = 20;

interface Box {
  readonly room: string;
  /** Of its centre. */
  readonly x: number;
  readonly y: number;
}

export function roomsPicture(rooms: Rooms): string {
  const upper: Rooms = new Map(
    [...rooms]
      .filter(([room]) => room !== FOUNDATION)
      .map(([room, imported]) => [room, imported.filter((other) => other !== FOUNDATION)]),
  );
  const boxes = placed(upper);
  const bottom = Math.max(...[...boxes.values()].map(({ y }) => y)) + FLOOR_HEIGHT;
  const lines = [...upper].flatMap(([room, imported]) =>
    imported.map((other) => line(boxes, room, other, isImplied(upper, room, other))),
  );
  const height = bottom + BOX.height / 2 + MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="15">
<rect width="100%" height="100%" rx="10" fill="#f7f8fa"/>
<g fill="none" stroke-width="1.5">
${lines.sort().reverse().join('\n')}
</g>
<g fill="#ffffff" stroke="#64748b" text-anchor="middle">
${[...boxes.values()].map((box) => boxed(box, BOX.width)).join('\n')}
${boxed({ room: 'shared/, which every room imports from', x: WIDTH / 2, y: bottom }, WIDTH - 2 * MARGIN)}
</g>
</svg>
`;
}

// -- where the boxes are -------------------------------------------------------------------------------------------------

function placed(rooms: Rooms): ReadonlyMap<string, Box> {
  const top = Math.max(...[...rooms.keys()].map((room) => floorOf(rooms, room)));
  const boxes = new Map<string, Box>();
  for (let floor = top; floor >= 0; floor--) {
    const there = [...rooms.keys()].filter(
      (room) => (isImported(rooms, room) ? floorOf(rooms, room) : top) === floor,
    );
    const inOrder = there
      .map((room) => ({
        room,
        under: middleOf(importersOf(rooms, room).flatMap((each) => boxes.get(each) ?? [])),
      }))
      .sort((a, b) => a.under - b.under);
    inOrder.forEach(({ room }, at) => {
      const x = Math.round((WIDTH * (at + 0.5)) / inOrder.length) + (floor % 2 === 0 ? STAGGER : -STAGGER);
      boxes.set(room, { room, x, y: MARGIN + BOX.height / 2 + (top - floor) * FLOOR_HEIGHT });
    });
  }
  return boxes;
}

/** As high as the longest way down from here. */
function floorOf(rooms: Rooms, room: string): number {
  return Math.max(0, ...(rooms.get(room) ?? []).map((other) => floorOf(rooms, other) + 1));
}

function importersOf(rooms: Rooms, room: string): readonly string[] {
  return [...rooms].filter(([, imported]) => imported.includes(room)).map(([importer]) => importer);
}

function isImported(rooms: Rooms, room: string): boolean {
  return importersOf(rooms, room).length > 0;
}

function middleOf(boxes: readonly Box[]): number {
  return boxes.length === 0 ? WIDTH / 2 : boxes.reduce((sum, { x }) => sum + x, 0) / boxes.length;
}

/** Another room on the way imports it too. */
function isImplied(rooms: Rooms, room: string, other: string): boolean {
  return (rooms.get(room) ?? []).some((between) => between !== other && reaches(rooms, between, other));
}

function reaches(rooms: Rooms, from: string, to: string): boolean {
  return from === to || (rooms.get(from) ?? []).some((next) => reaches(rooms, next, to));
}

// -- how they are drawn --------------------------------------------------------------------------------------------------

function line(boxes: ReadonlyMap<string, Box>, from: string, to: string, implied: boolean): string {
  const [a, b] = [boxes.get(from), boxes.get(to)];
  if (!a || !b) throw new Error(`no box for ${from} or ${to}`);
  const colour = implied ? '#d3dae4' : '#2563eb';
  return `<path stroke="${colour}" d="M${a.x} ${a.y + BOX.height / 2}L${b.x} ${b.y - BOX.height / 2}"/>`;
}

function boxed({ room, x, y }: Box, width: number): string {
  const left = x - width / 2;
  const above = y - BOX.height / 2;
  return (
    `<rect x="${left}" y="${above}" width="${width}" height="${BOX.height}" rx="6"/>` +
    `<text x="${x}" y="${y + 5}" fill="#14181f" stroke="none">${room}</text>`
  );
}
