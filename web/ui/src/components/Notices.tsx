import { createContext, type ReactNode, use, useCallback, useMemo, useRef, useState } from "react";

interface Notice {
  id: number;
  text: string;
  bad: boolean;
}
type Tell = (text: string, bad?: boolean) => void;

const Telling = createContext<Tell>(() => undefined);

/** Tell the reader something in passing: it is read aloud, and goes away by itself unless it is bad. */
export function useNotices(): Tell {
  return use(Telling);
}

export function NoticesProvider({ children }: { children: ReactNode }) {
  const [notices, setNotices] = useState<Notice[]>([]);
  const next = useRef(0);
  const drop = useCallback((id: number) => setNotices((all) => all.filter((notice) => notice.id !== id)), []);
  const tell = useCallback<Tell>(
    (text, bad = false) => {
      const id = next.current++;
      setNotices((all) => [...all.slice(-3), { id, text, bad }]);
      if (!bad) setTimeout(() => drop(id), 4000);
    },
    [drop],
  );
  const value = useMemo(() => tell, [tell]);
  return (
    <Telling value={value}>
      {children}
      <div className="notices" role="status" aria-live="polite">
        {notices.map((notice) => (
          <div key={notice.id} className={notice.bad ? "notice bad" : "notice"}>
            <span>{notice.text}</span>
            <button type="button" className="plain" aria-label="Dismiss" onClick={() => drop(notice.id)}>
              ×
            </button>
          </div>
        ))}
      </div>
    </Telling>
  );
}
