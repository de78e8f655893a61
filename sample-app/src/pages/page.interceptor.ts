import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { map, type Observable } from 'rxjs';
import { type ShopRequest, type ShopResponse, wantsHtml } from '../visitors/http.js';
import { layout } from './layout.js';
import { PAGE_VIEW, type PageView } from './page-view.js';
import { WebSdk } from './web-sdk.js';

/** Shows what a handler returns as the page its `@Page` describes. */
@Injectable()
export class PageInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly webSdk: WebSdk,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<ShopRequest>();
    const view = this.reflector.get<PageView<unknown> | undefined>(PAGE_VIEW, context.getHandler());
    if (view === undefined || !wantsHtml(request)) return next.handle();
    return next.handle().pipe(
      map((data: unknown) => {
        http.getResponse<ShopResponse>().setHeader('content-type', 'text/html; charset=utf-8');
        const title = typeof view.title === 'function' ? view.title(data) : view.title;
        const { visitor } = request;
        const webSdk = this.webSdk.snippetFor(visitor);
        return layout({ title, body: view.render(data), path: request.url ?? '/', visitor, webSdk });
      }),
    );
  }
}
