import { html } from '../pages/html.js';
import type { PageView } from '../pages/page-view.js';

export const loginPage: PageView<object> = {
  title: 'Log in',
  render: () => html`<form class="stack" method="post" action="/login">
  <label>What shall we call you? <input name="name" maxlength="60" required></label>
  <div><button>Log in</button></div>
  <p class="soft">There are no passwords here. Countly learns the name, and that whoever looked around before was you.</p>
</form>`,
};
