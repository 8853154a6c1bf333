// Watches the browser's console. Every error and every warning fails the test.
import type { BrowserContext, ConsoleMessage } from '@playwright/test';

/** Chromium's message about a response with an error status. */
const ERROR_STATUS = /^Failed to load resource: the server responded with a status of (\d+)/;

/** Message about a part of the app that was still loading when its page was left. A part that cannot be loaded also causes a
 * message about the resource, which is reported. */
const LEFT = /(__wasm_split\.js:|^uncaught:) TypeError: (Failed to fetch|network error)/;

/** Chromium's message if a busy machine runs a preloaded module only seconds after the page has loaded. */
const LATE = /\.wasm was preloaded using link preload but not used within a few seconds/;

export class BrowserWatch {
  private readonly complaints: string[] = [];
  private readonly expected: { status: number; path: string; seen: boolean }[] = [];
  private readonly broken: RegExp[] = [];

  constructor(context: BrowserContext) {
    context.on('console', (message) => this.hear(message));
    context.on('weberror', (error) => this.complain(`uncaught: ${error.error().stack ?? error.error()}`));
  }

  /** Declares that the test causes a response with this status, which Chromium reports in the console. */
  expectAnswer(status: number, path: string): void {
    this.expected.push({ status, path, seen: false });
  }

  /** Declares that the test breaks the page on purpose, and the messages that follow. */
  expectBreakage(...messages: RegExp[]): void {
    this.broken.push(...messages);
  }

  /** Fails on an undeclared message, and on a declared response that did not occur. */
  report(): void {
    const missing = this.expected.filter((answer) => !answer.seen);
    const errors = [
      ...this.complaints,
      ...missing.map(({ status, path }) => `expected, but not seen: ${status} from ${path}`),
    ];
    if (errors.length > 0) throw new Error(`The browser complained:\n${errors.join('\n')}`);
  }

  private hear(message: ConsoleMessage): void {
    if (!['error', 'warning', 'assert'].includes(message.type())) return;
    const path = new URL(message.location().url || 'about:blank').pathname;
    const status = Number(ERROR_STATUS.exec(message.text())?.[1]);
    const answer = this.expected.find((answer) => answer.status === status && answer.path === path);
    if (answer) answer.seen = true;
    else this.complain(`${message.type()} at ${path}: ${message.text()}`);
  }

  private complain(complaint: string): void {
    if (LEFT.test(complaint) || LATE.test(complaint)) return;
    if (!this.broken.some((pattern) => pattern.test(complaint))) this.complaints.push(complaint);
  }
}
