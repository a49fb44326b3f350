import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** A piece of a page's state that stands in the address, under a name; what is usual is left out of it. */
export function useParameter(name: string, usual = ""): [value: string, set: (value: string) => void] {
  const [parameters, setParameters] = useSearchParams();
  const set = useCallback(
    (value: string) =>
      setParameters(
        (before) => {
          if (value === usual) before.delete(name);
          else before.set(name, value);
          return before;
        },
        { replace: true, preventScrollReset: true },
      ),
    [name, usual, setParameters],
  );
  return [parameters.get(name) ?? usual, set];
}
