import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';
import { client, gateway, hello, requestsFor } from './gateway.mjs';

const classes = {
  400: OpenAI.BadRequestError,
  403: OpenAI.PermissionDeniedError,
  404: OpenAI.NotFoundError,
  409: OpenAI.ConflictError,
  422: OpenAI.UnprocessableEntityError,
  429: OpenAI.RateLimitError,
  500: OpenAI.InternalServerError,
  503: OpenAI.InternalServerError,
};

for (const [status, type] of Object.entries(classes)) {
  test(`a provider's ${status} is a ${type.name}`, async () => {
    const failure = client().chat.completions.create({ model: `error-${status}`, messages: hello });
    await assert.rejects(failure, (error) => {
      assert.ok(error instanceof type, `${error.constructor.name}: ${error.message}`);
      assert.equal(error.status, Number(status));
      assert.match(error.message, /made to fail by its model/);
      assert.ok(error.requestID, 'a request id to give to support');
      return true;
    });
  });
}

test('a wrong key is an AuthenticationError from the gateway itself', async () => {
  const failure = client({ apiKey: 'sk-wrong' }).chat.completions.create({ model: 'unauthenticated', messages: hello });
  await assert.rejects(failure, (error) => {
    assert.ok(error instanceof OpenAI.AuthenticationError);
    assert.equal(error.code, 'invalid_api_key');
    assert.ok(error.type);
    return true;
  });
  assert.equal((await requestsFor('unauthenticated')).length, 0);
});

test('a model that the provider does not know is a NotFoundError', async () => {
  const failure = client().chat.completions.create({ model: 'unknown-model', messages: hello });
  await assert.rejects(failure, (error) => error instanceof OpenAI.NotFoundError && error.code === 'model_not_found');
});

test('a path outside every route is a NotFoundError in OpenAI\'s shape', async () => {
  const failure = client({ baseURL: `${gateway}/nowhere` }).models.list();
  await assert.rejects(failure, (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError, error.constructor.name);
    assert.ok(error.error?.message);
    return true;
  });
});

test('a request whose JSON is broken is a BadRequestError', async () => {
  const answer = await fetch(`${gateway}/v1/chat/completions`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${process.env.LLMGW_CLIENT_KEY}`, 'Content-Type': 'application/json' },
    body: '{"model": "gpt-4o", "messages": [',
  });
  assert.equal(answer.status, 400);
  assert.ok((await answer.json()).error.message);
});

test('the client\'s one retry is seen once by the provider', async () => {
  const model = `fail-once-429-${process.pid}`;
  const answer = await client({ maxRetries: 1 }).chat.completions.create({ model, messages: hello });
  assert.ok(answer.choices[0].message.content);
  assert.equal((await requestsFor(model)).length, 2);
});

test('without retries of the client, the provider is asked once', async () => {
  await assert.rejects(client().chat.completions.create({ model: 'error-429', messages: hello, user: 'once' }));
  const before = (await requestsFor('error-429')).length;
  await assert.rejects(client().chat.completions.create({ model: 'error-429', messages: hello }), OpenAI.RateLimitError);
  assert.equal((await requestsFor('error-429')).length, before + 1);
});
