import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { PageInterceptor } from './page.interceptor.js';
import { PAGE_VIEW, type PageView } from './page-view.js';

/**
 * The handler returns plain data; whoever asks for `text/html` gets it as a page, everybody else as JSON. One handler
 * for people and programs keeps the numbers of both in one place.
 */
export function Page<Data>(view: PageView<Data>): MethodDecorator {
  return applyDecorators(SetMetadata(PAGE_VIEW, view), UseInterceptors(PageInterceptor));
}
