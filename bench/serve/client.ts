/**
 * A load generator: N connections, each sends its request, waits for the answer, sends the next. Raw sockets and prepared bytes, so that it
 * costs as little as a client in JavaScript can. Prints one line of JSON.
 *
 * usage: client.ts PORT PATH CONNECTIONS SECONDS BODY-FILE
 */
import { readFileSync } from 'node:fs';
import net from 'node:net';

const [port, target = '/', connections, seconds, bodyFile = ''] = process.argv.slice(2);
const bodies = JSON.parse(readFileSync(bodyFile, 'utf8')) as string[];
const requests = bodies.map((body) =>
  Buffer.from(
    `POST ${target} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  ),
);
const WARM = 1_000;
const latencies: number[] = [];
const failures: string[] = [];
let count = 0;
let total = 0;
let measuring = false;
let ended = false;

function connection(index: number): void {
  const socket = net.connect(Number(port), '127.0.0.1');
  socket.setNoDelay(true);
  let next = index;
  let began = 0;
  let waiting = '';
  const send = () => {
    began = performance.now();
    socket.write(requests[next++ % requests.length] ?? '');
  };
  socket.on('connect', send);
  socket.on('error', (error) => ended || failures.push(error.message));
  socket.on('close', () => ended || failures.push('closed'));
  socket.on('data', (chunk) => {
    // Latin-1 keeps one character a byte, which is what content-length counts.
    waiting =
      waiting === '' ? chunk.toString('latin1', 0, chunk.length) : waiting + chunk.toString('latin1', 0, chunk.length);
    const head = waiting.indexOf('\r\n\r\n');
    if (head < 0) return;
    const at = waiting.slice(0, head).toLowerCase().indexOf('content-length: ');
    const length = parseInt(waiting.slice(at + 16, at + 28), 10);
    if (waiting.length < head + 4 + length) return;
    if (!waiting.startsWith('HTTP/1.1 200')) failures.push(waiting.slice(0, 300));
    waiting = '';
    total++;
    if (measuring) {
      count++;
      latencies.push(performance.now() - began);
    }
    if (!ended) send();
  });
}

for (let i = 0; i < Number(connections); i++) connection(i);
setTimeout(() => {
  measuring = true;
  const from = performance.now();
  const cpu = process.cpuUsage();
  setTimeout(
    () => {
      measuring = false;
      ended = true;
      const took = (performance.now() - from) / 1000;
      const used = process.cpuUsage(cpu);
      latencies.sort((a, b) => a - b);
      const quantile = (q: number) =>
        latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))] ?? NaN;
      process.stdout.write(
        JSON.stringify({
          perSecond: count / took,
          total,
          p50: quantile(0.5),
          p99: quantile(0.99),
          failures: failures.length,
          failure: failures[0],
          clientCpu: (used.user + used.system) / 1e6 / took,
        }) + '\n',
        () => process.exit(0),
      );
    },
    Number(seconds) * 1000,
  );
}, WARM);
