// Anthropic's own client, pointed at the gateway by its base URL alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { eventually, gateway, hello } from './gateway.mjs';

const providerRoot = process.env.anthropic.replace(/\/v1$/, '');
const state = async () => (await fetch(`${providerRoot}/_fake/state`)).json();
const requestsFor = async (model) => (await state()).requests.filter((request) => request.model === model);

function client(options = {}) {
  return new Anthropic({ apiKey: process.env.LLMGW_CLIENT_KEY, baseURL: gateway, maxRetries: 0, ...options });
}

const ask = (model, more = {}) => ({ model, max_tokens: 64, messages: hello, ...more });

test('a message is answered by the Anthropic upstream of a route that has others', async () => {
  const answer = await client().messages.create(ask('claude-sonnet-4-5'));
  assert.equal(answer.content[0].text, 'Hello from the fake provider.');
  assert.equal(answer.stop_reason, 'end_turn');
  assert.equal(answer.usage.cache_read_input_tokens, 5);
  assert.equal(answer._request_id, 'req_fake');
});

test('Anthropic sees its own key and the client\'s version, and never the client\'s key', async () => {
  await client().beta.messages.create({ ...ask('key-check'), betas: ['context-1m-2025-08-07'] });
  const [{ headers, target }] = await requestsFor('key-check');
  const header = (name) => Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  assert.equal(header('x-api-key'), 'sk-ant-provider-secret-key');
  assert.match(header('anthropic-version'), /^\d{4}-\d\d-\d\d$/); // the client's own
  assert.equal(header('anthropic-beta'), 'context-1m-2025-08-07');
  assert.equal(header('authorization'), undefined);
  assert.match(target, /^\/v1\/messages(\?beta=true)?$/);
  assert.ok(!JSON.stringify(headers).includes(process.env.LLMGW_CLIENT_KEY));
});

test('a bearer token is a key too', async () => {
  const answer = await client({ apiKey: null, authToken: process.env.LLMGW_CLIENT_KEY }).messages.create(ask('claude-sonnet-4-5'));
  assert.equal(answer.role, 'assistant');
});

test('a message is streamed: the helper puts it together', async () => {
  const stream = client().messages.stream(ask('claude-sonnet-4-5'));
  const types = [];
  stream.on('streamEvent', ({ type }) => types.push(type));
  const final = await stream.finalMessage();
  assert.equal(final.content[0].text, 'Hello from the fake provider.');
  assert.equal(final.usage.output_tokens, 7);
  assert.equal(types.at(-1), 'message_stop');
});

test('a tool\'s input is streamed', async () => {
  const tools = [{ name: 'weather', input_schema: { type: 'object' } }];
  const final = await client().messages.stream(ask('claude-sonnet-4-5', { tools })).finalMessage();
  assert.deepEqual(final.content[0].input, { city: 'Oslo' });
  assert.equal(final.stop_reason, 'tool_use');
});

test('tokens are counted, models listed, batches made', async () => {
  assert.equal((await client().messages.countTokens({ model: 'claude-a', messages: hello })).input_tokens, 14);
  const ids = [];
  for await (const model of client().models.list()) ids.push(model.id);
  assert.deepEqual(ids, ['claude-a', 'claude-b']);
  assert.equal((await client().models.retrieve('claude-a')).display_name, 'Fake');
  const batch = await client().messages.batches.create({ requests: [{ custom_id: 'a', params: ask('claude-a') }] });
  assert.equal((await client().messages.batches.retrieve(batch.id)).processing_status, 'in_progress');
});

const classes = {
  400: Anthropic.BadRequestError,
  403: Anthropic.PermissionDeniedError,
  404: Anthropic.NotFoundError,
  429: Anthropic.RateLimitError,
  500: Anthropic.InternalServerError,
  529: Anthropic.InternalServerError,
};

for (const [status, type] of Object.entries(classes)) {
  test(`Anthropic's ${status} is a ${type.name}`, async () => {
    await assert.rejects(client().messages.create(ask(`error-${status}`)), (error) => {
      assert.ok(error instanceof type, `${error.constructor.name}: ${error.message}`);
      assert.equal(error.status, Number(status));
      assert.match(error.error.error.message, /made to fail by its model/);
      assert.equal(error.requestID, 'req_fake');
      return true;
    });
  });
}

test('a wrong key is an AuthenticationError from the gateway itself, in Anthropic\'s shape', async () => {
  await assert.rejects(client({ apiKey: 'sk-wrong' }).messages.create(ask('unauthenticated')), (error) => {
    assert.ok(error instanceof Anthropic.AuthenticationError);
    assert.equal(error.error.type, 'error');
    assert.equal(error.error.error.type, 'authentication_error');
    assert.match(error.requestID, /^req_/);
    return true;
  });
  assert.equal((await requestsFor('unauthenticated')).length, 0);
});

test('an error within a stream is an error of the client', async () => {
  await assert.rejects(client().messages.stream(ask('error-event')).finalMessage(), /Overloaded/);
});

test('a stream that breaks off is an error of the client, never a message', async () => {
  await assert.rejects(client().messages.stream(ask('broken')).finalMessage(), (error) => {
    assert.ok(error instanceof Anthropic.APIError, error.constructor.name);
    assert.match(error.message, /broke off/);
    return true;
  });
});

test('an abort in mid-stream reaches Anthropic', async () => {
  const before = (await state()).clients_gone;
  const stream = client().messages.stream(ask('endless'));
  await new Promise((resolve) => stream.once('text', resolve));
  stream.abort();
  await assert.rejects(stream.finalMessage(), Anthropic.APIUserAbortError);
  await eventually(async () => (await state()).clients_gone === before + 1);
});
