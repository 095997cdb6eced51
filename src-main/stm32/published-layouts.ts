/**
 * Layout strings of the flash as owners of real boards published them. ROMs of different families print the same
 * sectors with different blanks and zeros, so an exact match says more than equal sectors do. It is still no proof:
 * several families share a string, and where one listing exists the name of the part is its author's.
 * Sources: `dfu-util -l` listings in public repositories and forums; AN2606 for F2 and H7A3.
 */
export interface PublishedLayout {
  readonly text: string;
  readonly deviceIds: readonly number[];
  /** Where the same loader shows its option bytes, if not where they are. */
  readonly optionBytes?: number;
}

export const PUBLISHED_LAYOUTS: readonly PublishedLayout[] = [
  { text: '@Internal Flash  /0x08000000/128*002Kg', deviceIds: [0x418] },
  { text: '@Internal Flash  /0x08000000/032*0001Kg', deviceIds: [0x445] },
  { text: '@Internal Flash  /0x08000000/064*0002Kg', deviceIds: [0x448] },
  { text: '@Internal Flash  /0x08000000/128*0002Kg', deviceIds: [0x422] },
  { text: '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg', deviceIds: [0x413, 0x411] },
  {
    text: '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg',
    deviceIds: [0x419],
  },
  { text: '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg', deviceIds: [0x433, 0x431] },
  { text: '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,01*128Kg', deviceIds: [0x423] },
  { text: '@Internal Flash  /0x08000000/04*016Kg,01*64Kg,03*128Kg', deviceIds: [0x452] },
  { text: '@Internal Flash  /0x08000000/04*032Kg,01*128Kg,03*256Kg', deviceIds: [0x449] },
  // A G0B1 of 128 KB and a G431 show the same.
  { text: '@Internal Flash   /0x08000000/64*02Kg', deviceIds: [0x468, 0x467] },
  // A G474, and very probably an L5.
  { text: '@Internal Flash   /0x08000000/256*02Kg', deviceIds: [0x469, 0x472] },
  { text: '@Internal Flash   /0x08000000/256*08Kg', deviceIds: [0x482, 0x484, 0x480] },
  { text: '@Internal Flash   /0x08000000/128*08Kg', deviceIds: [0x482] },
  { text: '@Internal Flash   /0x08000000/512*08Kg', deviceIds: [0x481, 0x476] },
  { text: '@Internal Flash /0x08000000/64*08Kg', deviceIds: [0x44e] },
  { text: '@Internal Flash   /0x08000000/16*128Kg', deviceIds: [0x450] },
  { text: '@Internal Flash   /0x08000000/8*128Kg', deviceIds: [0x483] },
  // Loader V9.0: the sectors have 8 KB, and the option bytes lie elsewhere.
  { text: '@Internal Flash  /0x08000000/256*02Kg', deviceIds: [0x480], optionBytes: 0x01ff_8000 },
  { text: '@Internal Flash  /0x08000000/1536*128g', deviceIds: [0x447] },
  { text: '@Internal Flash  /0x08000000/0256*0002Kg', deviceIds: [0x415] },
  { text: '@Internal Flash  /0x08000000/512*0004Kg', deviceIds: [0x470] },
  { text: '@Internal Flash    /0x08000000/128*02Kg', deviceIds: [0x489] },
  { text: '@Internal Flash   /0x08000000/256*04Kg', deviceIds: [0x495] },
];
