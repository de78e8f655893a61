import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { serve } from './serve.js';

void NestFactory.create(AppModule, new FastifyAdapter()).then(serve);
