import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

/** An error as the lake tells it: what is wrong, and what to do about it. */
export class LakeError extends Error {
  constructor(
    readonly kind: string,
    message: string,
    readonly hint: string,
    readonly status: number
  ) {
    super(message);
    this.name = 'LakeError';
  }

  /** Whatever was thrown, as an error that can be shown. */
  static from(reason: unknown): LakeError {
    if (reason instanceof LakeError) {
      return reason;
    }
    const message = reason instanceof Error ? reason.message : String(reason);
    return new LakeError('internal', message, '', 0);
  }
}

export type Query = Record<string, string | number | undefined>;

export interface IRequest {
  method?: 'GET' | 'POST' | 'DELETE';
  query?: Query;
  body?: object;
}

const API = 'jupyter-lake/api';

/** Ask the server's lake extension and return the JSON that it answers. */
export async function request<T>(
  settings: ServerConnection.ISettings,
  path: string,
  { method = 'GET', query = {}, body }: IRequest = {}
): Promise<T> {
  const url = URLExt.join(settings.baseUrl, API, path) + search(query);
  let response: Response;
  try {
    const init = { method, ...(body ? { body: JSON.stringify(body) } : {}) };
    response = await ServerConnection.makeRequest(url, init, settings);
  } catch {
    throw new LakeError(
      'no-server',
      'The Jupyter server does not answer.',
      'Check the connection; the panel tries again by itself.',
      0
    );
  }
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    throw refusal(answer, response.status);
  }
  return answer as T;
}

/** A path made of names that may hold any character. */
export function route(...names: string[]): string {
  return names.map(encodeURIComponent).join('/');
}

function search(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const pairs = given.map(([name, value]) => [name, String(value)]);
  return pairs.length ? `?${new URLSearchParams(pairs).toString()}` : '';
}

function refusal(answer: unknown, status: number): LakeError {
  const said = (answer ?? {}) as Partial<Record<'kind' | 'message' | 'hint', string>>;
  if (said.kind && said.message) {
    return new LakeError(said.kind, said.message, said.hint ?? '', status);
  }
  if (status === 404) {
    return new LakeError(
      'no-extension',
      'This server knows no lakes.',
      'Enable the server extension: jupyter server extension enable jupyter_lake.server',
      status
    );
  }
  return new LakeError('internal', `The server answered ${status}.`, 'Its log says why.', status);
}
