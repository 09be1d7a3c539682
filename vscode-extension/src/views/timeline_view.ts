// The timeline in the panel: gives its page the latest callbacks whenever the state changes and somebody looks.
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Loops } from '../loop/loops';
import type { FromPage, ToPage } from '../timeline/messages';
import { openPlace } from './places';

/** Callbacks asked for at once, twice a second. */
const HISTORY_MAX = 2000;

export function timelineView(loops: Loops, extension: vscode.Uri): vscode.Disposable {
  let view: vscode.WebviewView | undefined;
  let shownId: string | undefined;
  let asking = false;

  const post = (message: ToPage): void => { void view?.webview.postMessage(message); };

  async function refresh(): Promise<void> {
    if (!view?.visible) return;
    const source = loops.shown;
    post({ type: 'live', live: source !== undefined });
    if (!source || asking) return;
    if (source.id !== shownId) {
      shownId = source.id;
      post({ type: 'clear' });
    }
    asking = true;
    try {
      post({ type: 'callbacks', history: await source.history(HISTORY_MAX) });
    } catch {
      // The loop stands still or the program ended: what is drawn stays.
    } finally {
      asking = false;
    }
  }

  const provider: vscode.WebviewViewProvider = {
    resolveWebviewView(resolved) {
      view = resolved;
      shownId = undefined;
      resolved.webview.options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extension, 'out')] };
      resolved.webview.onDidReceiveMessage((message: FromPage) => {
        if (message.type === 'open') void openPlace(message.site);
        else void refresh();
      });
      resolved.onDidChangeVisibility(() => void refresh());
      resolved.onDidDispose(() => { view = undefined; });
      resolved.webview.html = page(resolved.webview, extension);
    },
  };
  return vscode.Disposable.from(
    vscode.window.registerWebviewViewProvider('rondo.timeline', provider, { webviewOptions: { retainContextWhenHidden: true } }),
    loops.onState(() => void refresh()), loops.onChange(() => void refresh()));
}

function page(webview: vscode.Webview, extension: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(extension, 'out', 'timeline.js')).toString();
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'">
<title>Event loop timeline</title>
<style nonce="${nonce}">
  html, body { height: 100%; margin: 0; padding: 0; overflow: hidden; }
  canvas { display: block; width: 100%; height: 100%; }
  button { position: absolute; right: 8px; top: 0; border: none; padding: 1px 8px; font: inherit; font-size: 11px; cursor: pointer;
    color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); }
  #tip { position: absolute; white-space: pre; padding: 4px 8px; pointer-events: none; font-size: 12px;
    color: var(--vscode-editorHoverWidget-foreground); background: var(--vscode-editorHoverWidget-background);
    border: 1px solid var(--vscode-editorHoverWidget-border); }
  #empty { position: absolute; inset: 0; display: grid; place-content: center; pointer-events: none; color: var(--vscode-descriptionForeground); }
  [hidden] { display: none !important; }
</style>
</head>
<body>
<canvas id="canvas" role="img" aria-label="Turns and callbacks of the event loop over time"></canvas>
<button id="follow"></button>
<div id="empty">Callbacks appear here while a program runs with Rondo.</div>
<div id="tip" hidden></div>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
