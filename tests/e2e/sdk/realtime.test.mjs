// The client's realtime sockets: that of Node (Authorization header) and that of browsers (the key among the subprotocols).
import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { WebSocket } from 'ws';
import { client, eventually, providerState } from './gateway.mjs';

// The client always says wss; this gateway listens without TLS.
const createConnection = ({ host, port }) => net.connect({ host, port });

globalThis.WebSocket = class extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols, { createConnection });
  }
};

const kinds = {
  'the Node socket': (model, options) => new OpenAIRealtimeWS({ model, options: { createConnection } }, client(options)),
  'the browser socket': (model, options) => new OpenAIRealtimeWebSocket({ model, dangerouslyAllowBrowser: true }, client(options)),
};

// Resolves with the first event of that type, rejects with the first error; at most 10 s.
function next(socket, type) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${type} within 10 s`)), 10_000);
    const settle = (how) => (value) => {
      clearTimeout(timer);
      how(value);
    };
    socket.on(type, settle(resolve));
    socket.on('error', settle(reject));
  });
}

function closed(socket) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('not closed within 10 s')), 10_000);
    socket.socket.addEventListener('close', (event) => {
      clearTimeout(timer);
      resolve(event);
    });
  });
}

async function handshakesFor(model) {
  const { requests } = await providerState();
  return requests.filter(({ target }) => target.startsWith('/v1/realtime') && target.includes(`model=${model}`));
}

for (const [name, open] of Object.entries(kinds)) {
  test(`${name} talks to the model and closes`, async () => {
    const socket = open('gpt-realtime');
    const { session } = await next(socket, 'session.created');
    assert.equal(session.model, 'gpt-realtime');
    socket.send({ type: 'session.update', session: { type: 'realtime', instructions: 'Be kind. \u00fc' } });
    assert.equal((await next(socket, 'session.updated')).session.instructions, 'Be kind. \u00fc');

    let text = '';
    socket.on('response.output_text.delta', ({ delta }) => (text += delta));
    socket.send({ type: 'response.create' });
    assert.equal((await next(socket, 'response.done')).response.status, 'completed');
    assert.equal(text, 'Hello from the fake provider.');

    // More than the sockets on the way hold at once.
    for (let i = 0; i < 20; i += 1) socket.send({ type: 'input_audio_buffer.append', audio: 'A'.repeat(500_000) });
    socket.send({ type: 'input_audio_buffer.commit' });
    assert.equal((await next(socket, 'input_audio_buffer.committed')).item_id, '10000000');

    const end = closed(socket);
    socket.close();
    assert.equal((await end).code, 1000);
  });

  test(`with ${name} the provider sees its own key and never the client's`, async () => {
    const model = `gpt-realtime-${name.split(' ')[1]}`;
    const socket = open(model);
    await next(socket, 'session.created');
    const end = closed(socket);
    socket.close();
    await end;
    const [request] = await handshakesFor(model);
    assert.equal(request.authorization, 'Bearer sk-provider-secret-key');
    const seen = JSON.stringify(request);
    assert.ok(!seen.includes(process.env.LLMGW_CLIENT_KEY));
    assert.ok(!seen.includes('insecure'));
  });

  test(`${name} with a wrong key is refused by the gateway`, async () => {
    const model = `refused-${name.split(' ')[1]}`;
    const socket = open(model, { apiKey: 'sk-wrong' });
    await assert.rejects(next(socket, 'session.created'), /401/);
    assert.equal((await handshakesFor(model)).length, 0);
  });

  test(`${name} is told of the provider's errors and refusals`, async () => {
    const socket = open('gpt-realtime');
    await next(socket, 'session.created');
    socket.send({ type: 'nonsense' });
    await assert.rejects(next(socket, 'never'), /Invalid value: 'nonsense'/);
    socket.close();
    await assert.rejects(next(open('error-429'), 'session.created'), /429/);
  });

  test(`${name} is told when the provider breaks off`, async () => {
    const socket = open('gpt-realtime');
    await next(socket, 'session.created');
    const end = closed(socket);
    socket.send({ type: 'fake.break' });
    const { code, reason } = await end;
    assert.equal(code, 1014);
    assert.equal(String(reason), 'upstream_closed');
  });
}

test('sockets that are gone leave nothing open at the provider', async () => {
  const sockets = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const socket = kinds['the Node socket']('gpt-realtime-many');
      await next(socket, 'session.created');
      return socket;
    }),
  );
  const before = (await providerState()).connections_open;
  assert.ok(before >= 20);
  for (const socket of sockets) {
    socket.on('error', () => {});
    socket.socket.terminate();
  }
  await eventually(async () => (await providerState()).connections_open <= before - 20);
});
