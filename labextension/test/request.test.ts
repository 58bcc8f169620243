import { ServerConnection } from '@jupyterlab/services';
import { expect, test, vi } from 'vitest';

import { LakeClient } from '../src/api/client';
import { LakeError } from '../src/api/request';

function client(status: number, body: unknown) {
  const fetch = vi.fn<(request: Request) => Promise<Response>>(() =>
    Promise.resolve(new Response(JSON.stringify(body), { status }))
  );
  const settings = ServerConnection.makeSettings({
    baseUrl: 'http://localhost:1/base/',
    token: '',
    fetch: fetch as unknown as typeof globalThis.fetch
  });
  return { lake: new LakeClient(settings, 's3://acme/lake'), fetch };
}

const asked = (fetch: ReturnType<typeof client>['fetch']) => new URL(fetch.mock.calls[0]![0].url);

test('names and paths may hold any character', async () => {
  const { lake, fetch } = client(200, { entries: [] });
  await lake.files('my repo', 'main~2', 'a&b/ü.csv');
  const url = asked(fetch);
  expect(url.pathname).toBe('/base/jupyter-lake/api/repos/my%20repo/files');
  expect(url.searchParams.get('path')).toBe('a&b/ü.csv');
  expect(url.searchParams.get('lake')).toBe('s3://acme/lake');
});

test('a refusal carries what is wrong and what to do', async () => {
  const body = { kind: 'ref-not-found', message: 'No branch x.', hint: 'There is main.' };
  const { lake } = client(404, body);
  const error = await lake.refs('sales').catch(reason => LakeError.from(reason));
  expect(error).toMatchObject({ ...body, status: 404 });
});

test('a server without the extension is named as such', async () => {
  const { lake } = client(404, { message: 'Not Found' });
  const error = (await lake.lake().catch(reason => LakeError.from(reason))) as LakeError;
  expect(error.kind).toBe('no-extension');
  expect(error.hint).toContain('jupyter server extension enable');
});

test('a server that does not answer is trouble of its own', async () => {
  const { lake, fetch } = client(200, {});
  fetch.mockRejectedValue(new TypeError('refused'));
  const error = (await lake.lake().catch(reason => LakeError.from(reason))) as LakeError;
  expect(error.kind).toBe('no-server');
});
