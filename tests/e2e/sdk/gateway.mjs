// What every test here needs: a client pointed at the gateway, and a look at what the provider behind it saw.
import { File } from 'node:buffer';
import OpenAI from 'openai';

globalThis.File ??= File; // Node 18, the one of Debian 12, has it only there

export const gateway = process.env.gateway;
const providerRoot = process.env.provider.replace(/\/v1$/, '');

export function client(options = {}) {
  return new OpenAI({ apiKey: process.env.LLMGW_CLIENT_KEY, baseURL: `${gateway}/v1`, maxRetries: 0, ...options });
}

// Requests that reached the provider, and how many clients left it within an answer.
export async function providerState() {
  return (await fetch(`${providerRoot}/_fake/state`)).json();
}

export async function requestsFor(model) {
  return (await providerState()).requests.filter((request) => request.model === model);
}

// Asks until predicate() holds; at most 10 s.
export async function eventually(predicate) {
  const deadline = Date.now() + 10_000;
  while (!(await predicate())) {
    if (Date.now() > deadline) throw new Error('it did not happen within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const hello = [{ role: 'user', content: 'Hello' }];
