import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";

import { Problem } from "./api/client";
import { App } from "./App";
import { NoticesProvider } from "./components/Notices";
import { PersonProvider } from "./components/PersonProvider";
import { applyTheme, storedTheme } from "./theme";
import "./styles/index.css";

applyTheme(storedTheme());

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: true,
      // What was refused stays refused; what did not answer may answer soon.
      retry: (failures, error) => failures < 2 && error instanceof Problem && (error.status === 0 || error.status >= 502),
      retryDelay: (failures) => 500 * 2 ** failures,
    },
  },
});

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        {/* A box that was ticked stays ticked: what stands in the address changes at once, not in a transition. */}
        <BrowserRouter useTransitions={false}>
          <NoticesProvider>
            <PersonProvider>
              <App />
            </PersonProvider>
          </NoticesProvider>
        </BrowserRouter>
      </QueryClientProvider>
    </StrictMode>,
  );
}
