import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { serve } from './serve.js';

void NestFactory.create(AppModule, new ExpressAdapter()).then(serve);
