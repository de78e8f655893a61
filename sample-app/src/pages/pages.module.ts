import { Global, Module } from '@nestjs/common';
import { WebSdk, WebSdkController } from './web-sdk.js';

@Global()
@Module({ controllers: [WebSdkController], providers: [WebSdk], exports: [WebSdk] })
export class PagesModule {}
