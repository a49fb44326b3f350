import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

import { safeLink } from "../text/links";

const PARTS: Components = {
  a: ({ href, children }) => {
    const to = safeLink(href);
    return to ? (
      <a href={to} rel="noreferrer noopener nofollow" target="_blank">
        {children}
      </a>
    ) : (
      <span>{children}</span>
    );
  },
  // Nothing is fetched from another site: a picture is a link to it.
  img: ({ src, alt }) => {
    const to = safeLink(typeof src === "string" ? src : undefined);
    return to ? (
      <a href={to} rel="noreferrer noopener nofollow" target="_blank">
        {alt ?? to}
      </a>
    ) : (
      <span>{alt}</span>
    );
  },
  // Headings of a text stand below those of the page.
  h1: ({ children }) => <h4>{children}</h4>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  table: ({ children }) => (
    <div className="scroll">
      <table>{children}</table>
    </div>
  ),
};

/** Markdown as elements. HTML in it stays text, so nothing in it can ever become markup. */
export default function Markdown({ text }: { text: string }) {
  return (
    <div className="markdown" dir="auto">
      <ReactMarkdown remarkPlugins={[remarkGfm]} components={PARTS} urlTransform={(url) => url}>
        {text}
      </ReactMarkdown>
    </div>
  );
}
