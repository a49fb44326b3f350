import { lazy, Suspense } from "react";

import type { Metadata } from "../../api/routes";
import { Field } from "../../components/Parts";
import { plain } from "../../text/plain";

const Markdown = lazy(() => import("../../components/Markdown"));

/** What programs wrote about an entity, each under the name of its source. */
export function Generated({ descriptions }: { descriptions: Metadata.ProgrammaticDescription[] }) {
  return descriptions.map(({ source, text }) => (
    <Field key={source} name={source.replace(/[_-]+/g, " ")}>
      <Suspense fallback={plain(text, text.length)}>
        <Markdown text={text} />
      </Suspense>
    </Field>
  ));
}
