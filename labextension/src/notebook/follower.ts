/** Follows a run by its websocket, also over a restart of the server. */

import { newRun, reduce, type LiveRun } from '../model/run';
import type { Requests } from '../requests';
import type { RunEvent } from '../types';

const PAUSES = [500, 1000, 2000, 4000, 8000];
const REFUSED = 1008;

/** A run that is followed to its end. */
export class Follower {
  /** The run as far as it was told. */
  live: LiveRun;
  /** False while the server does not answer. */
  connected = true;

  private _socket: WebSocket | null = null;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _emission: ReturnType<typeof setTimeout> | undefined;
  private _failures = 0;
  private _disposed = false;

  constructor(
    readonly run: string,
    private readonly _requests: Requests,
    private readonly _changed: () => void,
    private readonly _ended: (live: LiveRun) => void = () => undefined
  ) {
    this.live = newRun(run);
    this.connect();
  }

  dispose(): void {
    this._disposed = true;
    clearTimeout(this._timer);
    clearTimeout(this._emission);
    this._socket?.close();
  }

  private connect(): void {
    const socket = this._requests.events(this.run);
    this._socket = socket;
    let live = newRun(this.run);
    socket.onopen = () => {
      this._failures = 0;
      this.connected = true;
    };
    socket.onmessage = message => {
      live = reduce(live, JSON.parse(String(message.data)) as RunEvent);
      this.live = live;
      this.emitSoon();
    };
    socket.onclose = event => {
      if (this._disposed) {
        return;
      }
      if (live.ended || event.code === REFUSED) {
        clearTimeout(this._emission);
        this._changed();
        this._ended(this.live);
        return;
      }
      this.connected = false;
      this.emitSoon();
      const pause = PAUSES[Math.min(this._failures, PAUSES.length - 1)];
      this._failures += 1;
      this._timer = setTimeout(() => this.connect(), pause);
    };
  }

  /** Many events make one repaint. */
  private emitSoon(): void {
    this._emission ??= setTimeout(() => {
      this._emission = undefined;
      this._changed();
    }, 40);
  }
}
