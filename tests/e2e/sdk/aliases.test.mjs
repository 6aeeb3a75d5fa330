import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toFile } from 'openai';
import { client, gateway, hello, requestsFor } from './gateway.mjs';

test('an alias is what the client sees and the provider never', async () => {
  const answer = await client().chat.completions.create({ model: 'public-name', messages: hello });
  assert.equal(answer.model, 'public-name');
  assert.deepEqual(await requestsFor('public-name'), []);
});

test('every chunk of a stream names the alias', async () => {
  const stream = await client().chat.completions.create({ model: 'ours/4-alias', messages: hello, stream: true });
  let text = '';
  for await (const chunk of stream) {
    assert.equal(chunk.model, 'ours/4-alias');
    text += chunk.choices[0]?.delta?.content ?? '';
  }
  assert.equal(text, 'Hello from the fake provider.');
  assert.equal((await requestsFor('gpt-4-alias')).length, 1);
});

test('an alias in a form reaches the provider as its own name', async () => {
  const file = await toFile(Buffer.alloc(200_000, 7), 'speech.mp3', { type: 'audio/mpeg' });
  await client().audio.transcriptions.create({ model: 'ours/form', file });
  assert.equal((await requestsFor('gpt-form')).length, 1);
});

test('a route lists the models that it knows by name', async () => {
  const listed = client({ baseURL: `${gateway}/listed/v1` });
  const names = [];
  for await (const model of listed.models.list()) names.push(model.id);
  assert.deepEqual(names, ['public-name']);
  assert.equal((await listed.models.retrieve('ours/4')).id, 'ours/4');
  await assert.rejects(listed.models.retrieve('theirs'), { status: 404, code: 'model_not_found' });
});
