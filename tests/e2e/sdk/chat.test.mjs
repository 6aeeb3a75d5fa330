import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, eventually, hello, providerState, requestsFor } from './gateway.mjs';

test('a chat is answered', async () => {
  const answer = await client().chat.completions.create({ model: 'gpt-4o-mini', messages: hello });
  assert.equal(answer.choices[0].message.content, 'Hello from the fake provider.');
  assert.equal(answer.usage.total_tokens, 12);
});

test('the provider sees its own key and never the client\'s', async () => {
  await client().chat.completions.create({ model: 'key-check', messages: hello });
  const [request] = await requestsFor('key-check');
  assert.equal(request.authorization, 'Bearer sk-provider-secret-key');
  assert.ok(!JSON.stringify(request).includes(process.env.LLMGW_CLIENT_KEY));
});

test('a chat is streamed, with usage last when asked for', async () => {
  const stream = await client().chat.completions.create({
    model: 'gpt-4o-mini',
    messages: hello,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  let usage = null;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? '';
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, 'Hello from the fake provider.');
  assert.equal(usage.total_tokens, 12);
});

test('the stream helper sees every event', async () => {
  const stream = client().chat.completions.stream({ model: 'gpt-4o-mini', messages: hello });
  const final = await stream.finalChatCompletion();
  assert.equal(final.choices[0].message.content, 'Hello from the fake provider.');
  assert.equal(final.choices[0].finish_reason, 'stop');
});

test('an abort in mid-stream reaches the provider', async () => {
  const before = (await providerState()).clients_gone;
  const controller = new AbortController();
  const stream = await client().chat.completions.create(
    { model: 'endless', messages: hello, stream: true },
    { signal: controller.signal },
  );
  let chunks = 0;
  for await (const chunk of stream) {
    assert.ok(chunk.id);
    chunks += 1;
    if (chunks === 2) controller.abort();
  }
  assert.ok(chunks >= 2);
  await eventually(async () => (await providerState()).clients_gone === before + 1);
});

test('a legacy completion is answered and streamed', async () => {
  const request = { model: 'gpt-3.5-turbo-instruct', prompt: 'Say hello' };
  const answer = await client().completions.create(request);
  assert.equal(answer.choices[0].text, 'Hello from the fake provider.');
  let text = '';
  for await (const chunk of await client().completions.create({ ...request, stream: true })) text += chunk.choices[0].text;
  assert.equal(text, 'Hello from the fake provider.');
});
