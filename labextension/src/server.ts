/** Whether the server extension is there, and what it can do. */

import { Signal, type ISignal } from '@lumino/signaling';

import { messageOf, RequestError, type Requests } from './requests';
import type { Status } from './types';
import { VERSION } from './version';

/** What is known of the server extension. */
export type ServerState =
  | { readonly kind: 'asked' }
  | { readonly kind: 'ready'; readonly status: Status }
  | { readonly kind: 'other version'; readonly status: Status }
  | { readonly kind: 'missing' }
  | { readonly kind: 'silent'; readonly message: string };

/** The server extension, asked once at first and again on request. */
export class Server {
  private _state: ServerState = { kind: 'asked' };
  private readonly _changed = new Signal<Server, void>(this);

  constructor(private readonly _requests: Requests) {}

  get state(): ServerState {
    return this._state;
  }

  get changed(): ISignal<Server, void> {
    return this._changed;
  }

  /** The status, if the extension is there and of this version. */
  get status(): Status | null {
    return this._state.kind === 'ready' ? this._state.status : null;
  }

  /** Ask anew. */
  async ask(): Promise<void> {
    try {
      const status = await this._requests.status();
      this._state = { kind: status.version === VERSION ? 'ready' : 'other version', status };
    } catch (error) {
      this._state =
        error instanceof RequestError && error.status === 404
          ? { kind: 'missing' }
          : { kind: 'silent', message: messageOf(error) };
    }
    this._changed.emit();
  }
}
