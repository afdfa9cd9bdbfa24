/**
 * What any server in Node pays before it has done a thing: the same request read and the same length of answer sent, without JSON, model or checks.
 *
 * usage: bound.ts http|net PORT
 */
import http from 'node:http';
import net from 'node:net';

const [kind, port] = process.argv.slice(2);
const answer = Buffer.from(
  JSON.stringify({
    model: 'bench',
    version: '1',
    predictions: [{ prediction: 'Yes', probabilities: { No: 0.25, Yes: 0.75 } }],
  }),
);

if (kind === 'http') {
  http
    .createServer((request, response) => {
      request.on('data', () => undefined);
      request.on('end', () => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
        response.end(answer);
      });
    })
    .listen(Number(port), '127.0.0.1');
} else {
  const head = Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${answer.length}\r\n\r\n`,
  );
  const whole = Buffer.concat([head, answer]);
  // The client sends one request at a time and in one piece.
  net
    .createServer((socket) =>
      socket
        .setNoDelay(true)
        .on('data', () => socket.write(whole))
        .on('error', () => socket.destroy()),
    )
    .listen(Number(port), '127.0.0.1');
}
