// Listens to the browser's console. A page of ours is silent: every error and every warning fails the test.
import type { BrowserContext, ConsoleMessage } from '@playwright/test';

/** What Chromium itself says of an answer that is an error. */
const REFUSED = /^Failed to load resource: the server responded with a status of (\d+)/;

/** What is said of a part of the program that was on its way when its page was left. One that cannot be loaded is complained
 * of besides, as a resource. */
const LEFT = /(__wasm_split\.js:|^uncaught:) TypeError: (Failed to fetch|WebAssembly compilation aborted: Network error)/;

/** What Chromium says where it comes to the program only seconds after the page, because the machine is busy. */
const LATE = /\.wasm was preloaded using link preload but not used within a few seconds/;

export class BrowserWatch {
  private readonly complaints: string[] = [];
  private readonly expected: { status: number; path: string; seen: boolean }[] = [];
  private readonly broken: RegExp[] = [];

  constructor(context: BrowserContext) {
    context.on('console', (message) => this.hear(message));
    context.on('weberror', (error) => this.complain(`uncaught: ${error.error().stack ?? error.error()}`));
  }

  /** Declares that the test provokes an answer with this status, of which Chromium then speaks in the console. */
  expectAnswer(status: number, path: string): void {
    this.expected.push({ status, path, seen: false });
  }

  /** Declares that the test breaks the page on purpose, and what is then said about it. */
  expectBreakage(...messages: RegExp[]): void {
    this.broken.push(...messages);
  }

  /** Fails unless the browser was silent but for what was declared, and all that was declared has happened. */
  report(): void {
    const missing = this.expected.filter((answer) => !answer.seen);
    const faults = [
      ...this.complaints,
      ...missing.map(({ status, path }) => `expected, but not seen: ${status} from ${path}`),
    ];
    if (faults.length > 0) throw new Error(`The browser complained:\n${faults.join('\n')}`);
  }

  private hear(message: ConsoleMessage): void {
    if (!['error', 'warning', 'assert'].includes(message.type())) return;
    const path = new URL(message.location().url || 'about:blank').pathname;
    const status = Number(REFUSED.exec(message.text())?.[1]);
    const answer = this.expected.find((answer) => answer.status === status && answer.path === path);
    if (answer) answer.seen = true;
    else this.complain(`${message.type()} at ${path}: ${message.text()}`);
  }

  private complain(complaint: string): void {
    if (LEFT.test(complaint) || LATE.test(complaint)) return;
    if (!this.broken.some((pattern) => pattern.test(complaint))) this.complaints.push(complaint);
  }
}
