import { expect, test } from "vitest";

import { problemOf, urlOf } from "../src/api/client";
import { around, piecesOf } from "../src/text/highlights";
import { safeLink } from "../src/text/links";
import { plain } from "../src/text/plain";
import { ago, parsed } from "../src/text/times";

test("matches are taken apart, and markup in the text stays text", () => {
  expect(piecesOf("a &lt;script&gt; <em>b &amp; c</em>")).toEqual([
    { text: "a <script> ", match: false },
    { text: "b & c", match: true },
  ]);
  expect(piecesOf("&lt;em&gt;no&lt;/em&gt;")).toEqual([{ text: "<em>no</em>", match: false }]);
});

test("a long text is shown around its match", () => {
  const pieces = around(piecesOf(`${"word ".repeat(100)}<em>here</em> ${"more ".repeat(100)}`), 60);
  const text = pieces.map((piece) => piece.text).join("");
  expect(pieces.some((piece) => piece.match && piece.text === "here")).toBe(true);
  expect(text.length).toBeLessThan(80);
  expect(text.startsWith("… ")).toBe(true);
});

test.each([
  ["https://example.com/a", true],
  ["mailto:a@example.com", true],
  ["javascript:alert(1)", false],
  [" JaVaScRiPt:alert(1)", false],
  ["data:text/html,x", false],
  ["/table/x", false],
  ["vbscript:x", false],
  ["", false],
])("%s is a link: %s", (url, safe) => {
  expect(safeLink(url) !== null).toBe(safe);
});

test("Markdown in one line is words", () => {
  expect(plain("# Title\n\n* **bold** and `code_name`, *so* [there](http://x)\n\n| a | b |\n|---|---|\n| 1 | 2 |")).toBe(
    "Title bold and code_name, so there",
  );
  expect(plain("snake_case_name stays, 2 * 3 * 4 too")).toBe("snake_case_name stays, 2 * 3 * 4 too");
  expect(plain(null)).toBe("");
  expect(plain("a ".repeat(500)).length).toBeLessThan(225);
});

test.each([
  [30, "30 seconds ago"],
  [3600 * 5, "5 hours ago"],
  [86_400 * 3, "3 days ago"],
  [-7200, "in 2 hours"],
])("%d seconds before now is %s", (seconds, words) => {
  expect(ago(1_000_000_000 - seconds, 1_000_000_000, "en")).toBe(words);
});

test("a time without a zone is UTC", () => {
  expect(parsed("2026-08-31T02:48:04")).toBe(Date.UTC(2026, 7, 31, 2, 48, 4) / 1000);
  expect(parsed("2026-08-31T02:48:04+09:00")).toBe(Date.UTC(2026, 7, 30, 17, 48, 4) / 1000);
  expect(parsed("soon")).toBeNull();
});

test("a URL is filled with encoded parts and what was asked", () => {
  expect(urlOf("/table/{key}/tag/{tag}", { key: "a://b.c/d%2F", tag: "x y" }, { tag_type: "a&b", none: undefined })).toBe(
    "/table/a:%2F%2Fb.c%2Fd%252F/tag/x%20y?tag_type=a%26b",
  );
});

test("an answer that is not ours is told as such", () => {
  expect(problemOf(503, '{"message": "Down.", "code": "store_unavailable", "request_id": "1"}')).toMatchObject({
    status: 503,
    code: "store_unavailable",
    message: "Down.",
  });
  expect(problemOf(502, "<html>").code).toBe("unknown");
});
