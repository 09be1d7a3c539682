// A row of a tree, as both views make them; src/views/tree.ts turns it into VS Code's.
import type { Site } from './protocol';

export interface Row {
  /** Stays the same while the row means the same thing, so that a refresh keeps what is open. */
  key: string;
  label: string;
  description?: string;
  tooltip?: string;
  /** A codicon's name. */
  icon?: string;
  /** A theme colour for the icon. */
  color?: string;
  /** Where a click goes. */
  site?: Site;
  children?: Row[];
  open?: boolean;
  context?: string;
}
