// The language client: starts rondo-lsp for JavaScript and TypeScript, and again when a setting asks for it.
import * as vscode from 'vscode';
import { LanguageClient, RevealOutputChannelOn, TransportKind } from 'vscode-languageclient/node';
import type { Loops } from './loop/loops';
import type { Programs } from './programs';

const LANGUAGES = ['javascript', 'typescript', 'javascriptreact', 'typescriptreact'];

export class Language implements vscode.Disposable {
  #client: LanguageClient | undefined;
  #subscriptions: vscode.Disposable;
  /** One start or stop after the other. */
  #queue: Promise<void> = Promise.resolve();

  /** Of the inspector of the shown loop: there the server gets what was measured. */
  #address: string | undefined;

  constructor(readonly programs: Programs, readonly log: vscode.LogOutputChannel, readonly loops: Loops) {
    this.#subscriptions = vscode.Disposable.from(
      loops.onChange(() => this.#follow()),
      vscode.commands.registerCommand('rondo.restartLanguageServer', () => this.restart()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('rondo.languageServer.enable') || change.affectsConfiguration('rondo.path')) void this.restart();
      }),
    );
    void this.restart();
  }

  get client(): LanguageClient | undefined {
    return this.#client;
  }

  /** Has the server look at the loop that is shown. */
  #follow(): void {
    const address = this.loops.shown?.address;
    if (address === this.#address) return;
    this.#address = address;
    const client = this.#client;
    if (client?.isRunning()) void client.sendNotification('workspace/didChangeConfiguration', { settings: { rondo: this.#settings() } });
  }

  /** The section `rondo` as the server sees it. */
  #settings(): object {
    const { languageServer, address, rules } = vscode.workspace.getConfiguration('rondo') as unknown as Record<string, unknown>;
    return { languageServer, rules, address: this.#address ?? address };
  }

  restart(): Promise<void> {
    this.#queue = this.#queue.then(() => this.#stop()).then(() => this.#start()).catch((error: unknown) => this.log.error(String(error)));
    return this.#queue;
  }

  async #start(): Promise<void> {
    if (!vscode.workspace.getConfiguration('rondo').get<boolean>('languageServer.enable', true)) return;
    const command = this.programs.find('rondo-lsp');
    if (command === undefined) return;
    this.#client = new LanguageClient('rondo', 'Rondo Language Server', { command, args: [], transport: TransportKind.stdio }, {
      documentSelector: LANGUAGES.flatMap((language) => [{ scheme: 'file', language }, { scheme: 'untitled', language }]),
      synchronize: { configurationSection: 'rondo' },
      middleware: {
        workspace: {
          configuration: async (params, token, next) => {
            const given = await next(params, token);
            if (!Array.isArray(given)) return given;
            return given.map((section: unknown, index) => (params.items[index]?.section === 'rondo' ? { ...section as object, ...this.#settings() } : section));
          },
        },
      },
      outputChannelName: 'Rondo Language Server',
      revealOutputChannelOn: RevealOutputChannelOn.Never,
    });
    await this.#client.start();
    this.log.info(`language server: ${command}`);
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.dispose();
  }

  dispose(): void {
    this.#subscriptions.dispose();
    void this.#stop();
  }
}
