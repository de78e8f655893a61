import type { Visitor } from '../visitors/visitor.js';
import { type Html, html } from './html.js';
import { STYLE } from './style.js';

export interface LayoutParts {
  readonly title: string;
  readonly body: Html;
  /** Where the visitor is, to come back to after changing the privacy choice. */
  readonly path: string;
  readonly visitor: Visitor;
  /** What the page itself reports with. */
  readonly webSdk?: Html | undefined;
}

/** The frame around every page. */
export function layout({ title, body, path, visitor, webSdk }: LayoutParts): string {
  const choice = visitor.optedOut
    ? { consent: 'all', text: 'You are not counted.', action: 'Count my visits' }
    : { consent: 'none', text: 'Your visits are counted.', action: 'Stop counting' };
  const person =
    visitor.customer === undefined
      ? html`<a href="/login">Log in</a>`
      : html`<form method="post" action="/logout"><button class="link">Log out ${visitor.customer.name}</button></form>`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Lantern &amp; Loom</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header>
  <a class="brand" href="/">Lantern &amp; Loom</a>
  <form class="search" action="/search" role="search"><input name="q" placeholder="Search the shop" aria-label="Search"></form>
  <nav><a href="/">Catalogue</a><a href="/cart">Cart</a>${person}</nav>
</header>
<main>
<h1>${title}</h1>
${body}
</main>
<footer>
  <form method="post" action="/privacy">
    <input type="hidden" name="back" value="${path}">
    <input type="hidden" name="consent" value="${choice.consent}">
    <span>${choice.text}</span> <button class="link">${choice.action}</button>
  </form>
  <span>You: <code id="you">${visitor.optedOut ? 'nobody' : visitor.id}</code></span>
  <span>A sample shop of countly-weave. Nothing here is for sale.</span>
</footer>
${webSdk}
</body>
</html>`;
  return page.text;
}
