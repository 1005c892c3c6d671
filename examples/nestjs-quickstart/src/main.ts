import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule);
  // On SIGTERM the server closes first, then the sinks.
  app.enableShutdownHooks();
  await app.listen(process.env['PORT'] ?? 3000);
  console.log(`Listening on ${await app.getUrl()}. Every change becomes a line in audit.ndjson.`);
}

void main();
