// Starts the programs and draws what they say: the parts of the extension, put together.
import * as vscode from 'vscode';
import { followSessions } from './beside';
import { commands } from './commands';
import { debugging } from './debugging';
import { Language } from './language';
import { Loops } from './loop/loops';
import { Programs } from './programs';
import { loopView } from './views/loop_view';
import { stallsView } from './views/stalls_view';
import { statusItem } from './views/status';
import { timelineView } from './views/timeline_view';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Rondo', { log: true });
  const programs = new Programs(context.extensionUri);
  const loops = new Loops();
  context.subscriptions.push(
    log, loops,
    followSessions(),
    debugging(programs, loops),
    commands(programs, loops, log),
    loopView(loops, context.globalState), stallsView(loops), timelineView(loops, context.extensionUri), statusItem(loops),
    new Language(programs, log, loops),
  );
}
