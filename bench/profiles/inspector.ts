import type { Profiler } from 'node:inspector';

/** Between two samples. Shorter ones weigh on what is measured. */
const SAMPLE_US = 500;
const ANSWER_WITHIN_MS = 30_000;

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** The profiler of a process that was started with `--inspect`, asked from outside: what is profiled is what runs between start and stop. */
export class RemoteProfiler {
  readonly #socket: WebSocket;
  #asked = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** @throws Error where nothing answers on that port of this machine. */
  static async connect(port: number): Promise<RemoteProfiler> {
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as { webSocketDebuggerUrl: string }[];
    const socket = new WebSocket(targets[0]?.webSocketDebuggerUrl ?? '');
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve(), { once: true });
      socket.addEventListener('error', () => reject(new Error(`the inspector on port ${port} refused the connection`)), { once: true });
    });
    const profiler = new RemoteProfiler(socket);
    await profiler.#ask('Profiler.enable');
    await profiler.#ask('Profiler.setSamplingInterval', { interval: SAMPLE_US });
    return profiler;
  }

  async start(): Promise<void> {
    await this.#ask('Profiler.start');
  }

  async stop(): Promise<Profiler.Profile> {
    return ((await this.#ask('Profiler.stop')) as { profile: Profiler.Profile }).profile;
  }

  /** A process does not end as long as somebody inspects it. */
  close(): void {
    this.#socket.close();
  }

  #ask(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    this.#asked += 1;
    const id = this.#asked;
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        clearTimeout(timer);
        this.#socket.removeEventListener('message', onMessage);
        this.#socket.removeEventListener('close', onClose);
        outcome();
      };
      const timer = setTimeout(
        () => settle(() => reject(new Error(`the inspector did not answer ${method} within ${ANSWER_WITHIN_MS} ms`))),
        ANSWER_WITHIN_MS,
      );
      const onClose = (): void => settle(() => reject(new Error(`the inspector closed the connection before it answered ${method}`)));
      const onMessage = (event: { readonly data: unknown }): void => {
        const answer = JSON.parse(String(event.data)) as Answer;
        if (answer.id !== id) return;
        if (answer.error === undefined) settle(() => resolve(answer.result));
        else settle(() => reject(new Error(`${method}: ${answer.error?.message}`)));
      };
      this.#socket.addEventListener('message', onMessage);
      this.#socket.addEventListener('close', onClose);
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
