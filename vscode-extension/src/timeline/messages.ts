// What the timeline's page and the extension say to each other.
import type { Callback, Site } from '../plain/protocol';

export type ToPage =
  | { type: 'callbacks'; history: Callback[] }
  /** Another loop begins. */
  | { type: 'clear' }
  /** Whether a loop is watched: without one the window of time stands. */
  | { type: 'live'; live: boolean };

export type FromPage =
  | { type: 'ready' }
  | { type: 'open'; site: Site };
