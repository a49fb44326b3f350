import { type KeyboardEvent, type ReactNode, useId } from "react";

import { useParameter } from "./parameter";

export interface Tab {
  id: string;
  name: string;
  count?: number | undefined;
  content: () => ReactNode;
}

/** Tabs whose choice stands in the address. Arrows move between them, as everywhere. */
export function Tabs({ tabs, label }: { tabs: Tab[]; label: string }) {
  const [chosen, setChosen] = useParameter("tab", tabs[0]?.id);
  const prefix = useId();
  const current = tabs.find((tab) => tab.id === chosen) ?? tabs[0];
  if (!current) return null;
  const choose = (tab: Tab) => {
    setChosen(tab.id);
    document.getElementById(`${prefix}${tab.id}`)?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step && tabs[(tabs.indexOf(current) + step + tabs.length) % tabs.length];
    if (next) {
      event.preventDefault();
      choose(next);
    }
  };
  return (
    <div className="tabs">
      <div role="tablist" aria-label={label} onKeyDown={onKey}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`${prefix}${tab.id}`}
            type="button"
            role="tab"
            aria-selected={tab === current}
            aria-controls={`${prefix}panel`}
            tabIndex={tab === current ? 0 : -1}
            onClick={() => choose(tab)}
          >
            {tab.name}
            {tab.count !== undefined && <span className="count">{tab.count.toLocaleString()}</span>}
          </button>
        ))}
      </div>
      <div id={`${prefix}panel`} role="tabpanel" aria-labelledby={`${prefix}${current.id}`}>
        {current.content()}
      </div>
    </div>
  );
}
