/** What a server makes of `page.fixture.svelte` with one task, which is what its test compares with, and a page is hydrated from. */
export const rendered = "<!--[--><ul><!--[--><li>task 1</li><!--]--></ul><!--]-->";
