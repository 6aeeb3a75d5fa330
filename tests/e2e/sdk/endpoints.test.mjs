import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toFile } from 'openai';
import { client, requestsFor } from './gateway.mjs';

test('embeddings come as numbers, whatever the encoding on the wire', async () => {
  const answer = await client().embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'] });
  assert.deepEqual(answer.data.map((entry) => entry.embedding), Array(2).fill([0.25, -0.5, 0.75, 1]));
});

test('an audio file is transcribed: the form arrives whole', async () => {
  const audio = Buffer.alloc(300_000, 7); // more than one read of any buffer
  const file = await toFile(audio, 'speech.mp3', { type: 'audio/mpeg' });
  const answer = await client().audio.transcriptions.create({ model: 'whisper-1', file });
  assert.equal(answer.text, `heard ${audio.length} bytes`);
  const requests = await requestsFor('whisper-1');
  assert.ok(requests[0].headers['Content-Type'] ?? requests[0].headers['content-type']);
});

test('files are uploaded, listed, fetched and deleted', async () => {
  const openai = client();
  const content = Buffer.from('{"line": 1}\n{"line": "\u00fc\\r\\n"}\n');
  const made = await openai.files.create({ file: await toFile(content, 'batch.jsonl'), purpose: 'batch' });
  assert.equal(made.bytes, content.length);
  const listed = [];
  for await (const file of openai.files.list()) listed.push(file.id);
  assert.ok(listed.includes(made.id));
  assert.equal((await openai.files.retrieve(made.id)).filename, 'batch.jsonl');
  const back = await openai.files.content(made.id);
  assert.deepEqual(Buffer.from(await back.arrayBuffer()), content);
  assert.equal((await openai.files.delete(made.id)).deleted, true);
  await assert.rejects(openai.files.retrieve(made.id), { status: 404 });
});

test('models are listed and retrieved', async () => {
  const ids = [];
  for await (const model of client().models.list()) ids.push(model.id);
  assert.deepEqual(ids, ['gpt-4o', 'gpt-4o-mini']);
  assert.equal((await client().models.retrieve('gpt-4o')).owned_by, 'fake-provider');
});
