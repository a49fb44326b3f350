import { type AnchorHTMLAttributes, use } from "react";

import { Acting } from "./contexts";

interface Props extends AnchorHTMLAttributes<HTMLAnchorElement> {
  href: string;
}

/**
 * A link within the site that does not listen to the address, as the router's own do: there are hundreds of them in a
 * picture, and each click in it changes the address.
 */
export function Go({ href, children, ...others }: Props) {
  const { go } = use(Acting);
  return (
    <a
      {...others}
      href={href}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        event.stopPropagation();
        go(href);
      }}
    >
      {children}
    </a>
  );
}
