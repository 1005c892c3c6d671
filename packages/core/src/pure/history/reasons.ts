/** What is said of each kind of doubt. */
export const NO_BASE = {
  code: 'no_base',
  why: 'no event tells the state that the others go on from: it is older than the trail, or than what is kept of it',
} as const;
export const MISSING = { code: 'events_missing', why: 'older events were not read: `maxEvents` was reached' } as const;
export const OUT_OF_BAND = { code: 'out_of_band', why: 'it was changed by something that left no event' } as const;
export const UNTOLD = { code: 'untold', why: 'no event tells it' } as const;
export const UNCERTAIN = { code: 'uncertain', why: 'an attempt that did not succeed may have changed it' } as const;
export const WHICH_ITEM = {
  code: 'which_item',
  why: 'the changed item is told by its place, and several fit',
} as const;
export const NO_END = 'its end left no event: it was created again';
export const BACK = 'it was changed after its end, and nothing tells how it came back';
export const ENDED = 'nobody knows whether an attempt changed something';
export const ELSE = 'was changed by something that left no event, which may have changed more';
